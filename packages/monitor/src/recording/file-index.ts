import { recordKinds } from './format.ts';
import type { PlacedRecord, RecordFile } from './record-file.ts';
import { Walk } from './walk.ts';

export interface KeyFramePlace {
  readonly at: number;
  readonly timeMs: number;
  /** Of the schema that it is written by. */
  readonly schemaAt: number;
}

/** What a reader knows of a file without having decoded it. */
export interface FileIndex {
  readonly keyFrames: readonly KeyFramePlace[];
  readonly events: readonly PlacedRecord[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly frames: number;
  /** What follows the last whole record: a record that was never finished. */
  readonly tornBytes: number;
}

/** Entries: of a file with more, every second one is left out, as often as needed. A month at one frame a second has 43,200. */
const mostKeyFrames = 100_000;
const mostEvents = 100_000;

/** Reads the heads of all records. @returns undefined where there is no frame */
export async function indexFile(file: RecordFile): Promise<FileIndex | undefined> {
  const size = await file.size();
  const walk = new Walk(file);
  let keyFrames: KeyFramePlace[] = [];
  const events: PlacedRecord[] = [];
  let [frames, seen, every, schemaAt] = [0, 0, 1, -1];
  let last: PlacedRecord | undefined;
  for (let record = await walk.next(size); record !== undefined; record = await walk.next(size)) {
    const { kind, timeMs, at } = record;
    if (kind === recordKinds.schema) schemaAt = at;
    else if (kind === recordKinds.event) {
      if (events.length < mostEvents) events.push(record);
    } else if (kind === recordKinds.keyFrame || kind === recordKinds.frame) {
      if (schemaAt === -1 || (kind === recordKinds.frame && seen === 0)) continue; // nothing to read it with
      if (kind === recordKinds.keyFrame && !(await file.isWhole(record))) continue;
      frames += 1;
      last = record;
      if (kind === recordKinds.frame || seen++ % every !== 0) continue;
      keyFrames.push({ at, timeMs, schemaAt });
      if (keyFrames.length < mostKeyFrames) continue;
      keyFrames = keyFrames.filter((_, index) => index % 2 === 0);
      every *= 2;
    }
  }
  const [first, lastKey] = [keyFrames[0], keyFrames.at(-1)];
  if (first === undefined || lastKey === undefined || last === undefined) return undefined;
  return {
    keyFrames,
    events,
    fromMs: first.timeMs,
    toMs: ((await file.isWhole(last)) ? last : lastKey).timeMs,
    frames,
    tornBytes: Math.max(0, size - walk.at),
  };
}
