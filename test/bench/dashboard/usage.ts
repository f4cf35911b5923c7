import { readdirSync, readFileSync } from 'node:fs';

/** CPU time of all its threads so far: the first figure of /proc/PID/task/TID/schedstat, in nanoseconds. */
export function cpuMs(pid: number): number {
  let sum = 0;
  for (const thread of readdirSync(`/proc/${pid}/task`)) sum += threadMs(pid, Number(thread));
  return sum;
}

/** Of its main thread alone. */
export function mainThreadMs(pid: number): number {
  return threadMs(pid, pid);
}

function threadMs(pid: number, thread: number): number {
  try {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ')[0]) / 1e6;
  } catch {
    return 0; // it has ended
  }
}

export function residentKb(pid: number): number {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]);
}
