/** A process of a cgroup, for what a cgroup does not tell by itself: when it began, and its network. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { nextLine, numberAt } from '../parsing/bytes.ts';
import type { ReadBuffer } from './descriptors.ts';

/**
 * The first process that the kernel lists, also of a cgroup below: systemd and crun put a container's processes one
 * level deeper. @param depth how many levels below are looked at, too Undefined where it is empty, or where its processes can't be seen from our PID namespace.
 */
export function firstProcess(directory: string, buffer: ReadBuffer, depth: number): number | undefined {
  try {
    const end = buffer.readFile(`${directory}/cgroup.procs`);
    // 0 is a process outside of our PID namespace.
    for (let at = 0; at < end; at = nextLine(buffer.bytes, at, end)) {
      const pid = numberAt(buffer.bytes, at, end);
      if (pid > 0) return pid;
    }
  } catch {} // a threaded cgroup, or it is gone
  if (depth === 0) return undefined;
  for (const name of subdirectories(directory)) {
    const pid = firstProcess(`${directory}/${name}`, buffer, depth - 1);
    if (pid !== undefined) return pid;
  }
  return undefined;
}

function subdirectories(directory: string): string[] {
  try {
    // A directory has a link from each one in it: most have none.
    if (statSync(directory).nlink === 2) return [];
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** When a process began, in ms by the clock of the day: field 22 of proc_pid_stat(5), in ticks of 10 ms since boot. */
export function processBornMs(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
    const uptimeSeconds = Number.parseFloat(readFileSync('/proc/uptime', 'latin1'));
    const bornMs = Date.now() - uptimeSeconds * 1000 + ticks * 10;
    return Number.isFinite(bornMs) ? bornMs : undefined;
  } catch {
    return undefined;
  }
}
