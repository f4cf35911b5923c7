/** What a container wrote, from its log. */

import { invalid } from '../run/invalid.ts';
import { dataFiles } from '../state/layout.ts';
import { followFrames, type RotatingFiles } from './follow-frames.ts';
import { LineSplitter, type LogEntry } from './lines.ts';
import { logFormat } from './log-format.ts';
import { atMoment, type Moment, readMoment } from './moment.ts';
import { stoppable } from './stoppable.ts';

export interface LogsOptions {
  /** Go on with what it writes until it ends. Default `false`. */
  follow?: boolean;
  /** Only what came from then on: a Date, or how long ago (milliseconds, or `5m`). */
  since?: Moment;
  /** Only lines up to then. With `follow` and a Date to come, it ends then. */
  until?: Moment;
  /** Of the lines that are there, only so many: the last ones. */
  tail?: number;
  /** `false` leaves it out. A terminal's output is all stdout. */
  stdout?: boolean;
  stderr?: boolean;
  /** Aborting it ends the iteration, without an error. */
  signal?: AbortSignal;
}

export function logFiles(directory: string): RotatingFiles {
  return { directory, current: dataFiles.log, old: dataFiles.oldLog };
}

/**
 * The lines of a log. The oldest part of a long log is gone; a reader that follows slowly loses what was removed before
 * it got there, and goes on with the oldest that is there.
 * @param directory the container's data directory
 * @param ended when the container has ended; asked with `follow` only
 * @throws TcError INVALID_OPTION, INVALID_DURATION at once; WATCH_FAILED at the first entry
 */
export function logs(
  directory: string,
  options: LogsOptions,
  ended: (signal: AbortSignal) => Promise<void>,
): AsyncIterableIterator<LogEntry, void> & AsyncDisposable {
  const operation = 'read the log';
  const { follow = false, tail, stdout = true, stderr = true } = options;
  const since = options.since === undefined ? undefined : readMoment(options.since, operation);
  const until = options.until === undefined ? undefined : readMoment(options.until, operation);
  if (tail !== undefined && !(Number.isSafeInteger(tail) && tail >= 0))
    invalid(`tail is ${tail}`, operation, 'Give a number of lines, 0 or more.');
  const isWanted = ({ time }: LogEntry) => until === undefined || time <= until;

  async function* read(signal: AbortSignal): AsyncGenerator<LogEntry, void> {
    const lines = new LineSplitter();
    const stop = Promise.withResolvers<void>();
    let forget = () => {};
    const waiting = new AbortController();
    if (follow) {
      ended(AbortSignal.any([signal, waiting.signal])).then(stop.resolve, stop.resolve);
      if (until !== undefined) forget = atMoment(until, stop.resolve);
    }
    /** The last ones so far, as long as it is not known how many more there are. */
    let held: LogEntry[] | undefined = tail === undefined ? undefined : [];
    const hold = (entries: LogEntry[]): LogEntry[] => (tail ? entries.slice(-tail) : []);
    try {
      const frames = followFrames(logFiles(directory), logFormat, { follow, ended: stop.promise, signal });
      for await (const { frames: batch, atEnd } of frames) {
        for (const frame of batch) {
          if (!(frame.stream === 'stdout' ? stdout : stderr)) continue;
          // Before lines are made: the last of an earlier run may have no newline, and would go on in this one.
          if (since !== undefined && frame.time < since) continue;
          for (const entry of lines.push(frame)) {
            if (!isWanted(entry)) continue;
            if (held === undefined) yield entry;
            else held.push(entry);
          }
        }
        if (held !== undefined) held = hold(held);
        if (atEnd === 'now' && held !== undefined) {
          yield* held;
          held = undefined;
        }
      }
      const rest = signal.aborted ? [] : lines.flush().filter(isWanted);
      yield* held === undefined ? rest : hold([...held, ...rest]);
    } finally {
      forget();
      waiting.abort();
    }
  }

  return stoppable(read, options.signal);
}
