/** What it costs to sample many cgroups every second, beside the simplest way to read the same files. */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { monitor } from '@tc/monitor';
import { machine, needRoot, parseCount } from '../measure.ts';
import { table } from '../table.ts';
import { Cgroups } from './cgroups.ts';
import { measureCgtop, type Other } from './others.ts';
import { measurePodman } from './podman.ts';
import { measureReads, type ReadRow } from './reads.ts';

const notes = `
The cgroups are empty and in all hierarchies. "read": medians of rounds in which all take turns in one thread, from the
files to the object that a caller gets, as fast as it can; "readSync" is the system calls alone; the naive way opens each
file and splits its text. "what ran" are the files of a cgroup in which something ran since the last reading, "all" those
of one that somebody looks at. "monitor": a whole process at one frame a second, in which these cgroups rest; CPU time of
all threads, and of the main thread alone, and the time in which its event loop was busy. "us a sample" is without what
"own" takes, with no cgroups of ours. Others: CPU time of one refresh. podman has containers of its own to look at;
docker stats is not here, as it takes a daemon that the machine may not have.`;

interface RunRow {
  readonly count: number;
  readonly cpuMs: number;
  readonly mainMs: number;
  readonly busyMs: number;
  readonly other: Other | undefined;
  readonly rssMiB: number;
}

export async function main(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '20' },
      seconds: { type: 'string', default: '10' },
      counts: { type: 'string', default: '100,1000,5000' },
      json: { type: 'boolean', default: false },
    },
  });
  needRoot();
  const rounds = parseCount(values.rounds, '--rounds');
  const seconds = parseCount(values.seconds, '--seconds');
  const counts = values.counts.split(',').map((count) => parseCount(count, '--counts'));
  const cgroups = new Cgroups();
  try {
    const reads: ReadRow[] = [];
    const runs: RunRow[] = [];
    for (const count of [0, ...counts]) {
      const paths = new Set(cgroups.resize(count));
      runs.push(await measureRun(count, seconds));
      if (count > 0) reads.push(...(await measureReads(paths, rounds)));
    }
    cgroups.resize(0);
    const podman = await measurePodman(Math.min(5, seconds));
    if (values.json) return console.log(JSON.stringify({ machine: machine(), reads, runs, podman }, null, 2));
    const others = `${podman.name}: ${podman.reason ?? `${((podman.cpuMs ?? 0) * 1000).toFixed(0)} us a container`}`;
    console.log(`${machine()}\n\n${describeReads(reads)}\n\n${describeRuns(runs)}\n\n${others}\n${notes}`);
  } finally {
    cgroups.resize(0);
  }
}

async function measureRun(count: number, seconds: number): Promise<RunRow> {
  await using running = monitor({ interval: 1000 });
  const loop = running[Symbol.asyncIterator]();
  for (let frame = 0; frame < 6; frame += 1) await loop.next(); // all files were read once, and code is compiled
  await sleep(300);
  const [cpu, main, loopTime] = [
    process.cpuUsage(),
    process.threadCpuUsage(),
    performance.eventLoopUtilization(),
  ];
  for (let frame = 0; frame < seconds; frame += 1) {
    const { value } = await loop.next();
    if ((value?.cgroups.length ?? 0) < count) throw new Error(`${value?.cgroups.length} samples of ${count}`);
  }
  const [cpuNow, mainNow] = [process.cpuUsage(cpu), process.threadCpuUsage(main)];
  const busyMs = performance.eventLoopUtilization(loopTime).active / seconds;
  await loop.return?.();
  return {
    count,
    busyMs,
    other: count === 0 ? undefined : measureCgtop(Math.min(5, seconds)),
    cpuMs: (cpuNow.user + cpuNow.system) / 1000 / seconds,
    mainMs: (mainNow.user + mainNow.system) / 1000 / seconds,
    rssMiB: process.memoryUsage.rss() / 2 ** 20,
  };
}

function describeReads(rows: readonly ReadRow[]): string {
  const cells = rows.map(({ what, count, files, usec, floorUsec, naiveUsec }) => [
    `${count}: ${what}`,
    files.toFixed(0),
    usec.toFixed(1),
    floorUsec.toFixed(1),
    naiveUsec.toFixed(1),
    (usec / naiveUsec).toFixed(2),
  ]);
  return table(['read', 'files', 'us a cgroup', 'readSync us', 'naive us', 'ratio to naive'], cells);
}

function describeRuns(rows: readonly RunRow[]): string {
  const [base] = rows;
  const cells = rows.map(({ count, cpuMs, mainMs, busyMs, rssMiB, other }) => [
    count === 0 ? 'own' : String(count),
    cpuMs.toFixed(1),
    (cpuMs / 10).toFixed(2),
    mainMs.toFixed(2),
    busyMs.toFixed(2),
    count === 0 ? '' : (((cpuMs - (base?.cpuMs ?? 0)) * 1000) / count).toFixed(0),
    rssMiB.toFixed(0),
    other?.cpuMs?.toFixed(1) ?? other?.reason ?? '',
  ]);
  const header = [
    'monitor',
    'CPU ms a frame',
    '% of a core',
    'main ms',
    'loop busy ms',
    'us a sample',
    'RSS MiB',
  ];
  return table([...header, 'systemd-cgtop ms'], cells);
}
