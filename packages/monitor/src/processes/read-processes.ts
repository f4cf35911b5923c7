/** Reads processes, in a worker thread: /proc/PID/cmdline waits for the process's own memory lock. */
import { closeSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { type MessagePort, threadId } from 'node:worker_threads';
import { isInternal } from '../cgroups/walk.ts';
import { parseStat, parseStatus } from './parse-process.ts';
import type { ProcessInfo } from './process-info.ts';

export interface ReadProcessesTask {
  readonly path: string;
  /** Of the cgroup, in one hierarchy. */
  readonly directory: string;
}

interface Task extends ReadProcessesTask {
  readonly port: MessagePort;
}

/** Without shares of CPU time; and with the moment at which it was read. */
export interface ProcessReading {
  readonly process: Omit<ProcessInfo, 'cpuCores'>;
  readonly monotonicMs: number;
}

const longestCommand = Buffer.alloc(4096);

export function readProcesses({ path, directory, port }: Task): ProcessReading[] {
  port.postMessage({ type: 'hello', threadId });
  const bootedMs = Date.now() - Number.parseFloat(readFileSync('/proc/uptime', 'latin1')) * 1000;
  const readings: ProcessReading[] = [];
  for (const [pid, cgroupPath] of pidsIn(path, directory)) {
    const process = readProcess(pid, cgroupPath, bootedMs);
    if (process !== undefined) readings.push({ process, monotonicMs: monotonicNow() });
  }
  return readings;
}

function monotonicNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1000 + nanoseconds / 1e6;
}

/** Of a cgroup and all below. What tctl executes in a container counts as the container's own. */
function pidsIn(path: string, directory: string, into = new Map<number, string>()): Map<number, string> {
  for (const pid of listPids(directory)) into.set(pid, path);
  for (const name of subdirectories(directory)) {
    const child = `${path === '/' ? '' : path}/${name}`;
    pidsIn(isInternal(child) ? path : child, `${directory}/${name}`, into);
  }
  return into;
}

function listPids(directory: string): number[] {
  try {
    return readFileSync(`${directory}/cgroup.procs`, 'latin1').split('\n').map(Number).filter(Boolean);
  } catch {
    return []; // gone, or a threaded cgroup: its processes are listed above it
  }
}

function subdirectories(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return [];
  }
}

function readProcess(
  pid: number,
  cgroupPath: string,
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
