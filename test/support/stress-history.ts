/**
 * What the processes of the stress test did, in one file: each appends a line before an act and one after it, so that
 * nothing is lost when they are killed. O_APPEND keeps the lines apart: open(2).
 */
import { closeSync, constants, existsSync, openSync, readFileSync, writeSync } from 'node:fs';

export interface Entry {
  /** Milliseconds on a clock that all processes share. */
  readonly at: number;
  /** The process: its number, and how often it was started before. */
  readonly by: string;
  /** The container's number; -1 where it is about none, or all. */
  readonly n: number;
  readonly id?: string | undefined;
  /** What was done. `done`: the life of the container is over. */
  readonly act: string;
  /** Of the life's steps, counted from 0; an act that is none of them, a guest's, has none. */
  readonly step?: number | undefined;
  readonly args?: unknown;
  /** With an answer: when it began. */
  readonly began?: number;
  /** Missing before the act. */
  readonly answer?: Answer;
}

export interface Answer {
  /** `ok`, or the error's code. */
  readonly code: string;
  readonly message?: string | undefined;
  readonly value?: unknown;
  readonly ms?: number;
}

export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1000n) / 1000;

export class HistoryFile implements Disposable {
  readonly #fd: number;
  readonly #by: string;

  constructor(path: string, by: string) {
    const { O_WRONLY, O_APPEND, O_CREAT } = constants;
    this.#fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT, 0o600);
    this.#by = by;
  }

  add(entry: Omit<Entry, 'at' | 'by'>): void {
    writeSync(this.#fd, `${JSON.stringify({ at: monotonicMs(), by: this.#by, ...entry })}\n`);
  }

  [Symbol.dispose](): void {
    closeSync(this.#fd);
  }
}

/** The oldest first. A line that a process was killed in is left out. */
export function readHistory(path: string): Entry[] {
  if (!existsSync(path)) return [];
  const entries = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Entry];
      } catch {
        return [];
      }
    });
  return entries.toSorted((a, b) => a.at - b.at);
}

/** For a person who asks what happened to a container. */
export function describeHistory(entries: readonly Entry[], n: number): string {
  const own = entries.filter((entry) => entry.n === n || entry.n === -1);
  const start = entries.find((entry) => entry.n === n)?.at ?? 0;
  const end = entries.findLast((entry) => entry.n === n)?.at ?? 0;
  return own
    .filter(({ at }) => at >= start && at <= end)
    .map(({ at, by, n: about, act, step, args, answer }) => {
      const what = `${about === -1 ? '(all) ' : ''}${act}${args === undefined ? '' : JSON.stringify(args)}`;
      const where = step === undefined ? '' : ` step ${step}`;
      const how = answer === undefined ? 'begins' : `-> ${JSON.stringify(partOf(answer, n))}`;
      return `${(at - start).toFixed(1).padStart(9)} ms  ${by.padEnd(6)}${where} ${what} ${how}`;
    })
    .join('\n');
}

/** Of a list of containers only that one. */
function partOf(answer: Answer, n: number): Answer {
  const { value } = answer;
  return Array.isArray(value)
    ? { ...answer, value: value.filter((each) => typeof each !== 'object' || each.n === n) }
    : answer;
}
