/** How long a command takes to say something: tctl and tc-runtime beside a Node.js that does nothing, and others. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { machine, needRoot, parseCount, type Skipped } from '../measure.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { tctlProgram } from '../spawn/tctl.ts';
import { median, quantile } from '../statistics.ts';
import { table } from '../table.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { type Command, type Sample, sample } from './command.ts';
import { makeContainers } from './containers.ts';

const notes = `
Interleaved rounds; every Node.js is the same. CPU is user and system time of all threads: it hardly depends on what else
the machine does, which the time from fork to end does. The ratios are those of the medians to the first line. The list of
100 containers is of 90 that were never started and 10 that run. podman has no containers of its own here, and docker only
its client.`;

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { rounds: { type: 'string', default: '40' }, json: { type: 'boolean', default: false } },
  });
  const rounds = parseCount(values.rounds, '--rounds');
  needRoot();
  const place = await makeWorkplace();
  try {
    useOwnDirectories(place);
    await using _ = await makeContainers(place, { created: 90, running: 10 });
    const { rows, skipped } = await measure(commands(place), rounds);
    if (values.json) return console.log(JSON.stringify({ machine: machine(), rows, skipped }, null, 2));
    console.log(machine());
    print(rows);
    for (const { name, reason } of skipped) console.log(`\nskipped: ${name}: ${reason}`);
    console.log(notes);
  } finally {
    place.remove();
  }
}

function commands(place: Workplace): Command[] {
  const nothing = join(place.directory, 'nothing');
  mkdirSync(nothing, { mode: 0o700 });
  const env = { ...process.env, TCTL_RUNTIME_DIR: nothing };
  const tctl = (...args: string[]) => [process.execPath, tctlProgram(), ...args];
  const ociRuntime = fileURLToPath(new URL('../../../apps/tc-runtime/bin/tc-runtime.cjs', import.meta.url));
  return [
    { name: 'node -e 0', argv: [process.execPath, '-e', '0'] },
    { name: 'tctl --version', argv: tctl('--version') },
    { name: 'tctl --help', argv: tctl('--help') },
    { name: 'tctl ps -a, no containers', argv: tctl('ps', '-a'), env },
    { name: 'tctl ps -a, 100 containers', argv: tctl('ps', '-a') },
    { name: 'tctl run, no other containers', argv: tctl('run', '--rootfs', place.rootfs, '/bin/true'), env },
    { name: 'tctl run, beside 100', argv: tctl('run', '--rootfs', place.rootfs, '/bin/true') },
    { name: 'tc-runtime --version', argv: [process.execPath, ociRuntime, '--version'] },
    { name: 'tc-runtime list', argv: [process.execPath, ociRuntime, '--root', nothing, 'list'] },
    { name: 'runc --version', argv: ['runc', '--version'] },
    { name: 'podman --version', argv: ['podman', '--version'] },
    { name: 'podman ps -a', argv: ['podman', 'ps', '-a'] },
    { name: 'docker --version', argv: ['docker', '--version'] },
  ];
}

interface Row {
  readonly name: string;
  readonly cpuMs: Spread;
  readonly wallMs: Spread;
}

interface Spread {
  readonly median: number;
  /** Below these lie a quarter and three quarters. */
  readonly quartiles: readonly [number, number];
  /** Of the medians, to the first row's. */
  readonly ratio: number;
}

async function measure(
  all: readonly Command[],
  rounds: number,
): Promise<{ rows: Row[]; skipped: Skipped[] }> {
  const skipped: Skipped[] = [];
  const fit: { command: Command; samples: Sample[] }[] = [];
  for (const command of all) {
    try {
      await sample(command); // and the page cache has it
      fit.push({ command, samples: [] });
    } catch (error) {
      skipped.push({ name: command.name, reason: (error as Error).message });
    }
  }
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < fit.length; turn += 1) {
      const next = fit[(round + turn) % fit.length];
      next?.samples.push(await sample(next.command));
    }
  }
  const first = fit[0]?.samples ?? [];
  const rows = fit.map(({ command, samples }) => ({
    name: command.name,
    cpuMs: spread(samples, first, 'cpuMs'),
    wallMs: spread(samples, first, 'wallMs'),
  }));
  return { rows, skipped };
}

function spread(samples: readonly Sample[], first: readonly Sample[], key: keyof Sample): Spread {
  const values = samples.map((each) => each[key]);
  return {
    median: median(values),
    quartiles: [quantile(values, 0.25), quantile(values, 0.75)],
    ratio: median(values) / median(first.map((each) => each[key])),
  };
}

function print(rows: readonly Row[]): void {
  const cells = ({ median: middle, quartiles: [low, high], ratio }: Spread) => [
    middle.toFixed(1),
    `${low.toFixed(1)} to ${high.toFixed(1)}`,
    ratio.toFixed(2),
  ];
  const header = ['', 'CPU ms', 'quartiles', 'ratio', 'ms', 'quartiles', 'ratio'];
  console.log(
    `\n${table(
      header,
      rows.map(({ name, cpuMs, wallMs }) => [name, ...cells(cpuMs), ...cells(wallMs)]),
    )}`,
  );
}
