/** The dashboard on a terminal: how soon it is there, how soon a key is seen, and what a second of it costs. */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tctlFleet } from '../idle/tctl.ts';
import { machine, needRoot, parseCount } from '../measure.ts';
import { useOwnDirectories } from '../own-directories.ts';
import { median, percentile95 } from '../statistics.ts';
import { table } from '../table.ts';
import { makeWorkplace, type Workplace } from '../workplace.ts';
import { measureKeys } from './keys.ts';
import { inspectPort } from './live-memory.ts';
import { type MemoryRow, measureMemory } from './memory.ts';
import { Pty } from './pty.ts';
import { cpuMs, mainThreadMs, residentKb } from './usage.ts';

const notes = `
The containers are real and sleep, each with limits on memory and pids. "first frame" and "figures": from the
start of the process until the terminal has the list's heading, and a container's figures, median of several. "key": from
the byte to the terminal until the selection has moved on it, while frames come once a second; keys are sent at random.
"CPU": of one core, all threads, sampling included, one frame a second, no keys; "main" is the main thread alone. "bytes":
written to the terminal a frame; "clears": how often the whole screen was cleared after the first frame. htop and btop
show the processes of the same containers, two each, once a second. 120x40, 24-bit colours. --before-others measures on
a machine that is busy with something else: what is measured gets the CPUs first.`;

const screen = { columns: 120, rows: 40, isBeforeOthers: false };

interface Row {
  readonly name: string;
  readonly containers: number;
  readonly firstFrameMs?: number;
  readonly figuresMs?: number;
  readonly keyMedianMs?: number;
  readonly keyP95Ms?: number;
  readonly cpuPercent: number;
  readonly mainPercent?: number;
  readonly bytesPerFrame: number;
  readonly clears?: number;
  readonly rssMiB: number;
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      containers: { type: 'string', default: '24,1000' },
      seconds: { type: 'string', default: '20' },
      keys: { type: 'string', default: '200' },
      minutes: { type: 'string' },
      interval: { type: 'string', default: '1s' },
      'before-others': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  needRoot();
  const counts = values.containers.split(',').map((count) => parseCount(count, '--containers'));
  const seconds = parseCount(values.seconds, '--seconds');
  const keys = parseCount(values.keys, '--keys');
  const minutes = values.minutes === undefined ? undefined : parseCount(values.minutes, '--minutes');
  screen.isBeforeOthers = values['before-others'];
  const place = await makeWorkplace();
  const rows: Row[] = [];
  let memory: MemoryRow | undefined;
  try {
    useOwnDirectories(place);
    const fleet = tctlFleet(place);
    try {
      let there = 0;
      for (const count of counts) {
        await fleet.start(count - there);
        there = count;
        if (minutes === undefined) rows.push(...(await measureAll(place, count, seconds, keys)));
        else memory = await measureMemory(() => openDashboard(place, values.interval), count, minutes);
      }
    } finally {
      await fleet.remove();
    }
  } finally {
    place.remove();
  }
  if (values.json) return console.log(JSON.stringify({ machine: machine(), rows, memory }, null, 2));
  console.log(machine());
  if (rows.length > 0) console.log(`\n${describe(rows)}\n${notes}`);
  if (memory !== undefined) console.log(`\n${memory.description}`);
}

async function measureAll(place: Workplace, count: number, seconds: number, keys: number): Promise<Row[]> {
  const rows = [await measureDashboard(place, count, seconds, keys)];
  for (const [name, ...command] of [
    ['htop', 'htop', '--delay=10'],
    ['btop', 'btop', '--utf-force'],
  ] as const)
    if (await isInstalled(name)) rows.push(await measureOther(name, command, place, count, seconds));
  return rows;
}

const program = fileURLToPath(new URL('../../../apps/tctl/bin/tctl.cjs', import.meta.url));

/** Without anybody's settings. */
function openDashboard({ directory }: Workplace, interval = '1s'): Pty {
  const command = [process.execPath, program, 'dashboard', '--theme', 'dark', '--interval', interval];
  const env = { XDG_CONFIG_HOME: directory, NODE_OPTIONS: `--inspect-port=127.0.0.1:${inspectPort}` };
  return new Pty(command, { ...screen, env });
}

async function measureDashboard(
  place: Workplace,
  count: number,
  seconds: number,
  keys: number,
): Promise<Row> {
  const [firstFrames, figures]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    await using starting = openDashboard(place);
    firstFrames.push((await starting.shows('PIDS')) - starting.startedMs);
    figures.push((await starting.shows(/\/64M/)) - starting.startedMs);
  }
  await using running = openDashboard(place);
  await running.shows(new RegExp(`of ${count}`));
  running.type('A'); // in an order that stays, so that it is known where the selection is
  await sleep(6000); // code is compiled, and all files were read once
  const idle = await measureIdle(running, seconds);
  const latencies = await measureKeys(running, keys);
  return {
    name: 'tctl',
    containers: count,
    firstFrameMs: median(firstFrames),
    figuresMs: median(figures),
    keyMedianMs: median(latencies),
    keyP95Ms: percentile95(latencies),
    ...idle,
  };
}

async function measureIdle(pty: Pty, seconds: number) {
  pty.forget();
  const [bytes, cpu, main, start] = [pty.bytes, cpuMs(pty.pid), mainThreadMs(pty.pid), performance.now()];
  await sleep(seconds * 1000);
  const ms = performance.now() - start;
  return {
    cpuPercent: ((cpuMs(pty.pid) - cpu) / ms) * 100,
    mainPercent: ((mainThreadMs(pty.pid) - main) / ms) * 100,
    bytesPerFrame: (pty.bytes - bytes) / Math.max(1, pty.count('\x1b[?2026h')),
    clears: pty.count('\x1b[2J'),
    rssMiB: residentKb(pty.pid) / 1024,
  };
}

async function measureOther(
  name: string,
  command: readonly string[],
  { directory }: Workplace,
  containers: number,
  seconds: number,
): Promise<Row> {
  mkdirSync(join(directory, 'btop'), { recursive: true });
  writeFileSync(join(directory, 'btop/btop.conf'), 'update_ms=1000\n');
  const env = { XDG_CONFIG_HOME: directory, HOME: directory, LC_ALL: 'C.UTF-8' };
  await using pty = new Pty(command, { ...screen, env });
  await sleep(6000);
  const { cpuPercent, bytesPerFrame, rssMiB } = await measureIdle(pty, seconds);
  return { name, containers, cpuPercent, bytesPerFrame: bytesPerFrame / seconds, rssMiB };
}

async function isInstalled(name: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(name, ['--version'], { stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('exit', (code) => resolve(code === 0));
  });
}

function describe(rows: readonly Row[]): string {
  const number = (value: number | undefined, digits = 0) => value?.toFixed(digits) ?? '';
  const cells = rows.map((row) => [
    row.name,
    String(row.containers),
    number(row.firstFrameMs),
    number(row.figuresMs),
    number(row.keyMedianMs, 1),
    number(row.keyP95Ms, 1),
    number(row.cpuPercent, 1),
    number(row.mainPercent, 1),
    number(row.bytesPerFrame),
    number(row.clears),
    number(row.rssMiB),
  ]);
  const header = [
    '',
    'containers',
    'first frame ms',
    'figures ms',
    'key ms',
    'key p95',
    'CPU %',
    'main %',
    'bytes',
    'clears',
    'RSS MiB',
  ];
  return table(header, cells);
}
