import { readdirSync, readFileSync } from 'node:fs';

export interface Memory {
  /** Pages that no other process has. */
  readonly privateKb: number;
  /** With its share of the pages that several have: Pss in proc_pid_smaps(5). */
  readonly proportionalKb: number;
}

export function memoryOfProcesses(pids: readonly number[]): Memory {
  let [privateKb, proportionalKb] = [0, 0];
  for (const pid of pids) {
    const smaps = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8');
    const kb = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(smaps)?.[1]);
    privateKb += kb('Private_Clean') + kb('Private_Dirty');
    proportionalKb += kb('Pss');
  }
  return { privateKb, proportionalKb };
}

/** What the kernel thinks that programs could still have: MemAvailable in proc_meminfo(5). */
export function availableKb(): number {
  return Number(/^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]);
}

/** The pids of processes whose arguments do. */
export function processesWhere(holds: (args: readonly string[]) => boolean): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return holds(readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0'));
      } catch {
        return false; // it has ended
      }
    })
    .map(Number);
}
