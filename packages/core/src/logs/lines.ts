import type { LogFrame, LogStream } from './log-format.ts';

/** A line that a container wrote. */
export interface LogEntry {
  /** When its first byte came. */
  readonly time: Date;
  readonly stream: LogStream;
  /** Without what ends it: a newline, or a carriage return and a newline, as terminals make of it. */
  readonly line: string;
  /** It goes on: no newline came before the end of the log, or the line has more than 1 MiB. */
  readonly partial: boolean;
}

const newline = 0x0a;
const carriageReturn = 0x0d;
/** A container may write for ever without a newline: it shall not fill a reader's memory. */
const maxLineBytes = 2 ** 20;

/** Makes lines of what the streams gave, each stream for itself. Characters may span frames. */
export class LineSplitter {
  readonly #begun = new Map<LogStream, { time: Date; parts: Buffer[]; bytes: number }>();

  *push({ stream, time, data }: LogFrame): Generator<LogEntry> {
    let start = 0;
    for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline, start)) {
      const begun = this.#begun.get(stream);
      this.#begun.delete(stream);
      const rest = data.subarray(start, end);
      const bytes = begun === undefined ? rest : Buffer.concat([...begun.parts, rest]);
      const cut = bytes.at(-1) === carriageReturn ? bytes.subarray(0, -1) : bytes;
      yield { time: begun?.time ?? time, stream, line: cut.toString(), partial: false };
      start = end + 1;
    }
    if (start === data.length) return;
    const begun = this.#begun.get(stream) ?? { time, parts: [], bytes: 0 };
    // A copy, so that it does not hold the whole piece of the file that was read with it.
    begun.parts.push(Buffer.from(data.subarray(start)));
    begun.bytes += data.length - start;
    this.#begun.set(stream, begun);
    if (begun.bytes < maxLineBytes) return;
    const bytes = Buffer.concat(begun.parts);
    const end = endOfCharacters(bytes);
    const rest = Buffer.from(bytes.subarray(end));
    if (rest.length === 0) this.#begun.delete(stream);
    else this.#begun.set(stream, { time, parts: [rest], bytes: rest.length });
    yield { time: begun.time, stream, line: bytes.toString('utf8', 0, end), partial: true };
  }

  /** At the end of the log: lines that have no newline yet, the older first. */
  flush(): LogEntry[] {
    const entries = [...this.#begun].map(([stream, { time, parts }]) => {
      return { time, stream, line: Buffer.concat(parts).toString(), partial: true };
    });
    this.#begun.clear();
    return entries.sort((a, b) => a.time.getTime() - b.time.getTime());
  }
}

/** Where the last character ends that is all there: utf-8(7). */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= 3; back += 1) {
    const byte = bytes.at(-back) ?? 0;
    if (byte >= 0xc0)
      return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}
