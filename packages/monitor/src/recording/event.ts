import { ByteWriter } from './byte-writer.ts';
import { Cursor } from './cursor.ts';

/** Something that happened while it was recorded: a mark on the time line. */
export interface RecordedEvent {
  readonly time: Date;
  /** `oom`, `start`, `exit`, `update`, an alert's name: what the recording program calls it. */
  readonly kind: string;
  /** For people; printable only after control characters are escaped. */
  readonly text: string;
  /** Of the cgroup that it happened to. */
  readonly path: string | undefined;
}

export function encodeEvent({ kind, text, path }: RecordedEvent): Buffer {
  const writer = new ByteWriter();
  for (const each of [kind, text, path ?? '']) writer.text(each);
  return writer.take();
}

/** @throws TcError RECORDING_DAMAGED */
export function decodeEvent(body: Buffer, timeMs: number): RecordedEvent {
  const cursor = new Cursor(body);
  const [kind, text, path] = [cursor.text(), cursor.text(), cursor.text()];
  return { time: new Date(timeMs), kind, text, path: path === '' ? undefined : path };
}
