/** Reads processes, in a worker thread: /proc/PID/cmdline waits for the process's own memory lock. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { type MessagePort, threadId } from 'node:worker_threads';
import { pidsOfCgroup, pidsOfTree } from './list-pids.ts';
import { parseStat, parseStatus } from './parse-process.ts';
import type { ProcessInfo } from './process-info.ts';

/** A cgroup, with its directory in one hierarchy; or a process. */
export type ReadProcessesTask =
  | { readonly path: string; readonly directory: string }
  | { readonly pid: number };

/** Without shares of CPU time; and with the moment at which it was read. */
export interface ProcessReading {
  readonly process: Omit<ProcessInfo, 'cpuCores'>;
  readonly monotonicMs: number;
}

const longestCommand = Buffer.alloc(4096);

export function readProcesses({
  port,
  ...task
}: ReadProcessesTask & { readonly port: MessagePort }): ProcessReading[] {
  port.postMessage({ type: 'hello', threadId });
  const bootedMs = Date.now() - Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1000;
  const readings: ProcessReading[] = [];
  const pids =
    'pid' in task
      ? pidsOfTree(task.pid).map((pid) => [pid, undefined] as const)
      : pidsOfCgroup(task.path, task.directory);
  for (const [pid, cgroupPath] of pids) {
    const process = readProcess(pid, cgroupPath, bootedMs);
    if (process !== undefined) readings.push({ process, monotonicMs: monotonicNow() });
  }
  return readings;
}

function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

function readProcess(
  pid: number,
  cgroupPath: string | undefined,
  bootedMs: number,
): Omit<ProcessInfo, 'cpuCores'> | undefined {
  try {
    const stat = parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (stat === undefined) return undefined;
    const { startTicks, ...rest } = stat;
    const status = parseStatus(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return {
      pid,
      ...rest,
      command: readCommand(pid),
      ...status,
      startedAt: new Date(bootedMs + startTicks * 10),
      cgroupPath,
    };
  } catch {
    return undefined; // it has ended
  }
}

function readCommand(pid: number): string[] {
  const fd = openSync(`/proc/${pid}/cmdline`, 'r');
  try {
    const length = readSync(fd, longestCommand, 0, longestCommand.length, 0);
    if (length === 0) return [];
    const parts = longestCommand.toString('utf8', 0, length).split('\0');
    if (parts.at(-1) === '') parts.pop();
    return parts;
  } finally {
    closeSync(fd);
  }
}
