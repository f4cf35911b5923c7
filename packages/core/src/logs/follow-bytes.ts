import { followFrames } from './follow-frames.ts';
import { logFormat } from './log-format.ts';
import { logFiles } from './logs.ts';
import { stoppable } from './stoppable.ts';

export interface FollowBytesOptions {
  /** Begin with what is in the log already, or of that with what came from then on. Default `false`: from now on. */
  readonly replay?: boolean | Date;
  readonly stdout?: boolean;
  readonly stderr?: boolean;
  readonly ended: (signal: AbortSignal) => Promise<void>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What a container writes, as it came, until it has ended.
 * @param directory its data directory
 * @returns once it is known from where on
 */
export async function followBytes(
  directory: string,
  { replay = false, stdout = true, stderr = true, ended, signal }: FollowBytesOptions,
): Promise<AsyncIterableIterator<Buffer, void> & AsyncDisposable> {
  async function* read(stop: AbortSignal): AsyncGenerator<Buffer | undefined, void> {
    const waiting = new AbortController();
    try {
      const end = ended(AbortSignal.any([stop, waiting.signal]));
      end.catch(() => {}); // whoever detaches before the first frame is read
      // Who waits for the end keeps the process alive until then; not longer, where nobody reads what came.
      const options = { follow: true, ended: end, keepAlive: false, signal: stop };
      const since = replay instanceof Date ? replay : undefined;
      let isNew = replay !== false;
      if (isNew) yield undefined;
      for await (const { frames, atEnd } of followFrames(logFiles(directory), logFormat, options)) {
        if (isNew) {
          for (const { stream, time, data } of frames) {
            const isWanted = stream === 'stdout' ? stdout : stderr;
            if (isWanted && (since === undefined || time >= since)) yield data;
          }
        } else if (atEnd !== false) {
          isNew = true;
          yield undefined;
        }
      }
    } finally {
      waiting.abort();
    }
  }
  const bytes = stoppable(read, signal);
  await bytes.next(); // the mark that stands for "now"
  return bytes as AsyncIterableIterator<Buffer, void> & AsyncDisposable;
}
