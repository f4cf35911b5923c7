/** /proc/PID/stat and status: proc_pid_stat(5), proc_pid_status(5). */

export interface ProcessStat {
  readonly name: string;
  readonly state: string;
  readonly parentPid: number;
  readonly cpuUsec: number;
  /** Since boot, in units of 10 ms: USER_HZ is 100 everywhere that Node.js runs. */
  readonly startTicks: number;
}

/** A name may hold anything, also a bracket: the last one ends it. Undefined where this is no such file. */
export function parseStat(text: string): ProcessStat | undefined {
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  if (open === -1 || close < open) return undefined;
  const fields = text.slice(close + 2).split(' ');
  const [state = '?', parent] = fields;
  const [user, system, start] = [fields[11], fields[12], fields[19]].map(Number);
  if (start === undefined || !Number.isFinite(start)) return undefined;
  return {
    name: text.slice(open + 1, close),
    state,
    parentPid: Number(parent) || 0,
    cpuUsec: ((user ?? 0) + (system ?? 0)) * 10_000,
    startTicks: start,
  };
}

export interface ProcessStatus {
  readonly userId: number | undefined;
  readonly threads: number;
  readonly memoryBytes: number;
}

/** Kernel threads and the dead have no VmRSS. */
export function parseStatus(text: string): ProcessStatus {
  const field = (key: string) => {
    const digits = new RegExp(`^${key}:\\s*(\\d+)`, 'm').exec(text)?.[1];
    return digits === undefined ? undefined : Number(digits);
  };
  return {
    userId: field('Uid'),
    threads: field('Threads') ?? 1,
    memoryBytes: (field('VmRSS') ?? 0) * 1024,
  };
}
