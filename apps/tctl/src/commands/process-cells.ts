/** A process as ps(1) shows it. Pure. */
import type { ProcessInfo } from '@tc/monitor';
import { printable } from '../cli/printable.ts';
import type { ProcessColumn } from '../table/process-columns.ts';

/** What @tc/monitor does not read, of /proc/PID/stat: proc_pid_stat(5). */
export interface ProcessStat {
  readonly groupId: number;
  readonly sessionId: number;
  /** As the kernel encodes a device, 0 for none. */
  readonly terminal: number;
  readonly foregroundGroupId: number;
  readonly nice: number;
  readonly virtualBytes: number;
}

export interface ShownProcess extends ProcessInfo {
  /** Undefined where it has ended meanwhile. */
  readonly stat: ProcessStat | undefined;
  /** As its container calls it. */
  readonly user: string | undefined;
}

export interface CellContext {
  readonly now: Date;
  readonly memoryTotalBytes: number;
}

/** @param text of /proc/PID/stat; a name in it may have brackets, the last one ends it */
export function parseProcessStat(text: string): ProcessStat {
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const at = (field: number) => fields[field - 3] ?? 0; // the man page counts from 1, and two are before
  return {
    groupId: at(5),
    sessionId: at(6),
    terminal: at(7),
    foregroundGroupId: at(8),
    nice: at(19),
    virtualBytes: at(23),
  };
}

type Cell = (process: ShownProcess, context: CellContext) => string | number | undefined;

const cells: Readonly<Record<ProcessColumn, Cell>> = {
  pid: ({ pid }) => pid,
  ppid: ({ parentPid }) => parentPid,
  pgid: ({ stat }) => stat?.groupId,
  sid: ({ stat }) => stat?.sessionId,
  uid: ({ userId }) => userId,
  user: ({ user, userId }) => (user === undefined ? userId : printable(user)),
  tty: ({ stat }) => terminalName(stat?.terminal ?? 0),
  state: ({ state }) => state,
  stat: statOf,
  ni: ({ stat }) => stat?.nice,
  nlwp: ({ threads }) => threads,
  c: (process, { now }) => Math.min(99, Math.floor(cpuShare(process, now) * 100)),
  pcpu: (process, { now }) => (cpuShare(process, now) * 100).toFixed(1),
  pmem: ({ memoryBytes }, { memoryTotalBytes }) => ((memoryBytes / memoryTotalBytes) * 100).toFixed(1),
  rss: ({ memoryBytes }) => Math.round(memoryBytes / 1024),
  vsz: ({ stat }) => stat && Math.round(stat.virtualBytes / 1024),
  stime: ({ startedAt }, { now }) => startTime(startedAt, now),
  time: ({ cpuUsec }) => cpuTime(cpuUsec),
  etime: ({ startedAt }, { now }) => elapsed(now.getTime() - startedAt.getTime()),
  comm: ({ name }) => printable(name),
  args: commandLine,
};

export const processCell = (column: ProcessColumn, process: ShownProcess, context: CellContext): string =>
  String(cells[column](process, context) ?? '-');

/** Kernel threads, and the dead, have only a name. */
export function commandLine({ command, name }: Pick<ProcessInfo, 'command' | 'name'>): string {
  return printable(command.length > 0 ? command.join(' ') : `[${name}]`);
}

/** `1:02:03`, with two digits at least. */
export function cpuTime(usec: number): string {
  const seconds = Math.floor(usec / 1e6);
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** Of one core, since it has begun. */
function cpuShare({ cpuUsec, startedAt }: ShownProcess, now: Date): number {
  const passedMs = now.getTime() - startedAt.getTime();
  return passedMs <= 0 ? 0 : cpuUsec / 1000 / passedMs;
}

/** Documentation/admin-guide/devices.txt of Linux: 136 to 143 are pts, 4 are virtual consoles and serial lines. */
function terminalName(device: number): string {
  if (device === 0) return '?';
  const [major, minor] = [(device >>> 8) & 0xfff, (device & 0xff) | ((device >>> 12) & 0xfff00)];
  if (major >= 136 && major <= 143) return `pts/${(major - 136) * 256 + minor}`;
  if (major === 4) return minor < 64 ? `tty${minor}` : `ttyS${minor - 64}`;
  return `${major}:${minor}`;
}

/** The letters that follow the state are those of ps(1). */
function statOf({ state, threads, pid, stat }: ShownProcess): string {
  if (stat === undefined) return state;
  const { nice, sessionId, groupId, foregroundGroupId } = stat;
  const priority = nice < 0 ? '<' : nice > 0 ? 'N' : '';
  const leads = sessionId === pid ? 's' : '';
  const many = threads > 1 ? 'l' : '';
  return `${state}${priority}${leads}${many}${groupId === foregroundGroupId ? '+' : ''}`;
}

/** Within a day the time of day, then the date. */
function startTime(at: Date, now: Date): string {
  if (now.getTime() - at.getTime() < 86_400_000) return `${two(at.getHours())}:${two(at.getMinutes())}`;
  if (at.getFullYear() !== now.getFullYear()) return String(at.getFullYear());
  return `${at.toLocaleString('en', { month: 'short' })}${two(at.getDate())}`;
}

/** `[[DD-]hh:]mm:ss` */
function elapsed(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [days, hours] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600) % 24];
  const rest = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return hours > 0 ? `${two(hours)}:${rest}` : rest;
}
