import { TcError } from '@tc/linux';
import { findCgroup } from '../cgroups/find-cgroup.ts';
import { WorkerPool } from '../monitor/worker-pool.ts';
import type { ProcessesOf, ProcessInfo } from './process-info.ts';
import type { ProcessReading, ReadProcessesTask } from './read-processes.ts';

const patienceMs = 10_000;

/** Of each answer, when its processes were read. */
const readAt = new WeakMap<ProcessInfo, number>();

/**
 * The processes of a cgroup, or of a container without one, read in a worker thread that ends afterwards. Empty where
 * there is no such cgroup or process. To ask again and again, use `Monitor.processes()` in a loop over frames, which
 * keeps the thread.
 * @param since an earlier answer, for shares of CPU time since then
 * @throws TcError MONITOR_BLOCKED where the kernel does not answer in 10 s
 */
export async function processes(
  of: ProcessesOf,
  since: readonly ProcessInfo[] = [],
): Promise<readonly ProcessInfo[]> {
  return inOwnPool(undefined, of, since);
}

export async function inOwnPool(
  workerFile: string | undefined,
  of: ProcessesOf,
  since: readonly ProcessInfo[],
): Promise<readonly ProcessInfo[]> {
  const pool = new WorkerPool({ file: workerFile });
  try {
    return await processesIn(pool, of, since);
  } finally {
    await pool.close();
  }
}

export async function processesIn(
  pool: WorkerPool,
  of: ProcessesOf,
  since: readonly ProcessInfo[],
): Promise<readonly ProcessInfo[]> {
  const task = typeof of === 'string' ? taskOfCgroup(of) : { pid: of.pid };
  if (task === undefined) return [];
  const before = new Map(since.map((each) => [each.pid, each]));
  const readings = await ask(pool, task);
  return readings.map((reading) => withShare(reading, before.get(reading.process.pid)));
}

function taskOfCgroup(path: string): ReadProcessesTask | undefined {
  const directories = findCgroup(path)?.directories;
  // On hybrid hosts the processes of systemd's units are in every hierarchy, and those of others in v1's only.
  const directory =
    directories?.['memory'] ?? directories?.['pids'] ?? Object.values(directories ?? {}).at(-1);
  return directory === undefined ? undefined : { path, directory };
}

async function ask(pool: WorkerPool, task: ReadProcessesTask): Promise<ProcessReading[]> {
  const readings = await pool.run<ProcessReading[]>('readProcesses', task, patienceMs);
  if (readings !== undefined) return readings;
  throw new TcError(`the kernel did not answer in ${patienceMs / 1000} s`, {
    code: 'MONITOR_BLOCKED',
    operation: `read the processes of ${'pid' in task ? `process ${task.pid}` : task.path}`,
    path: 'pid' in task ? `/proc/${task.pid}` : task.directory,
    hint: 'A process may hold its memory lock, or a disk does not answer: look for state D in ps.',
  });
}

/** A pid is given to another process some day; that one has begun at another time. */
function withShare({ process, monotonicMs }: ProcessReading, before: ProcessInfo | undefined): ProcessInfo {
  const beforeMs = before === undefined ? undefined : readAt.get(before);
  let cpuCores: number | undefined;
  if (before !== undefined && beforeMs !== undefined) {
    const isSame = Math.abs(before.startedAt.getTime() - process.startedAt.getTime()) < 1000;
    const grown = process.cpuUsec - before.cpuUsec;
    const passedMs = monotonicMs - beforeMs;
    if (isSame && grown >= 0 && passedMs > 1) cpuCores = grown / 1000 / passedMs;
  }
  const info: ProcessInfo = { ...process, cpuCores };
  readAt.set(info, monotonicMs);
  return info;
}
