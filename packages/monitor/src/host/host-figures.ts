import { closeSync, openSync, readSync } from 'node:fs';
import type { HostFigures } from '../frames/frame.ts';

/** What a CPU did, in ticks: the time in all, and without idling. */
interface CpuTimes {
  readonly total: number;
  readonly busy: number;
}

let shared: HostReader | undefined;

/** The host now. Shares of CPUs are since the call before, and undefined in the first one. */
export function hostFigures(): HostFigures {
  shared ??= new HostReader();
  return shared.read();
}

/** Reads files of /proc that are made by the kernel at once; runs no command. proc(5), psi.rst. */
export class HostReader {
  #before: readonly CpuTimes[] = [];
  readonly #buffer = Buffer.alloc(65_536);

  read(): HostFigures {
    const cpus = parseCpuTimes(this.#text('/proc/stat'));
    const shares = cpus.map((now, index) => shareSince(this.#before[index], now));
    this.#before = cpus;
    const [all, ...each] = shares;
    const memory = parseMeminfo(this.#text('/proc/meminfo'));
    const pressure = {
      cpu: parsePressure(this.#text('/proc/pressure/cpu')),
      memory: parsePressure(this.#text('/proc/pressure/memory')),
      io: parsePressure(this.#text('/proc/pressure/io')),
    };
    return {
      cpus: Math.max(1, cpus.length - 1),
      cpuShare: all,
      cpuShares: each.map((share) => share ?? 0),
      load: parseLoad(this.#text('/proc/loadavg')),
      ...memory,
      cpuPressureSome: pressure.cpu.some,
      memoryPressureSome: pressure.memory.some,
      memoryPressureFull: pressure.memory.full,
      ioPressureSome: pressure.io.some,
      ioPressureFull: pressure.io.full,
      uptimeMs: Math.round((Number.parseFloat(this.#text('/proc/uptime')) || 0) * 1000),
    };
  }

  /** Empty where it can't be read: a kernel without PSI has no /proc/pressure, or refuses to read it. */
  #text(path: string): string {
    try {
      const fd = openSync(path, 'r');
      try {
        return this.#buffer.toString('latin1', 0, readSync(fd, this.#buffer, 0, this.#buffer.length, 0));
      } finally {
        closeSync(fd);
      }
    } catch {
      return '';
    }
  }
}

/** The lines `cpu` and `cpuN` of /proc/stat: user nice system idle iowait irq softirq steal, then what is in user. */
export function parseCpuTimes(stat: string): CpuTimes[] {
  return [...stat.matchAll(/^cpu\d* +([\d ]+)$/gm)].map(([, numbers = '']) => {
    const ticks = numbers.split(' ', 8).map(Number);
    const total = ticks.reduce((sum, value) => sum + value, 0);
    return { total, busy: total - (ticks[3] ?? 0) - (ticks[4] ?? 0) };
  });
}

/** iowait and idle can fall (proc_stat(5)), so a share is kept between 0 and 1. */
export function shareSince(before: CpuTimes | undefined, now: CpuTimes): number | undefined {
  if (before === undefined || now.total <= before.total) return undefined;
  return Math.min(1, Math.max(0, (now.busy - before.busy) / (now.total - before.total)));
}

/** In use is what programs could not get: MemTotal less MemAvailable. */
export function parseMeminfo(
  text: string,
): Pick<HostFigures, 'memoryBytes' | 'memoryTotalBytes' | 'swapBytes' | 'swapTotalBytes'> {
  const bytes = (key: string) => Number(new RegExp(`^${key}: +(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
  const [memoryTotalBytes, swapTotalBytes] = [bytes('MemTotal'), bytes('SwapTotal')];
  return {
    memoryBytes: memoryTotalBytes - bytes('MemAvailable'),
    memoryTotalBytes,
    swapBytes: swapTotalBytes - bytes('SwapFree'),
    swapTotalBytes,
  };
}

function parseLoad(text: string): readonly [number, number, number] {
  const [one = 0, five = 0, fifteen = 0] = text.split(' ', 3).map((part) => Number(part) || 0);
  return [one, five, fifteen];
}

export function parsePressure(text: string): { some: number | undefined; full: number | undefined } {
  const share = (kind: string) => {
    const value = new RegExp(`^${kind} avg10=([\\d.]+)`, 'm').exec(text)?.[1];
    return value === undefined ? undefined : Number(value) / 100;
  };
  return { some: share('some'), full: share('full') };
}
