/** Files of binary frames, one after another: logs and the journal of events. Pure. */

export interface FrameFormat<Frame> {
  /** A frame has at least so many bytes; they tell how many it has. */
  readonly headerBytes: number;
  /** The size of the frame that starts at `at`, where `headerBytes` are there; undefined where none starts. */
  sizeAt(bytes: Buffer, at: number): number | undefined;
  /** Of exactly one frame. */
  decode(frame: Buffer): Frame;
}

/**
 * The frames of a piece of a file, and how many bytes they and the garbage between them take: the next piece starts
 * there. Garbage is what a full disk or a crash of the machine may leave; the next frame is found by its magic number.
 */
export function parseFrames<Frame>(
  format: FrameFormat<Frame>,
  bytes: Buffer,
): { frames: Frame[]; used: number } {
  const frames: Frame[] = [];
  let at = 0;
  while (at + format.headerBytes <= bytes.length) {
    const size = format.sizeAt(bytes, at);
    if (size === undefined) {
      at += 1;
      continue;
    }
    const end = at + size;
    // A frame that was cut off would swallow those after it: where none follows, one inside may be the next.
    const inside = isPlausible(format, bytes, end) ? undefined : nextFrame(format, bytes, at + 1, end);
    if (inside !== undefined) {
      at = inside;
      continue;
    }
    if (end > bytes.length) break;
    frames.push(format.decode(bytes.subarray(at, end)));
    at = end;
  }
  return { frames, used: at };
}

/** Whether what is known of `at` could be a frame, or nothing is known. */
function isPlausible(format: FrameFormat<unknown>, bytes: Buffer, at: number): boolean {
  return at + format.headerBytes > bytes.length || format.sizeAt(bytes, at) !== undefined;
}

/** A frame before `end` after which another one comes. */
function nextFrame(
  format: FrameFormat<unknown>,
  bytes: Buffer,
  start: number,
  end: number,
): number | undefined {
  for (let at = start; at < end && at + format.headerBytes <= bytes.length; at += 1) {
    const size = format.sizeAt(bytes, at);
    if (size !== undefined && isPlausible(format, bytes, at + size)) return at;
  }
  return undefined;
}

/** struct timespec: at `at` the seconds, then the nanoseconds. */
export function readTime(bytes: Buffer, at: number): Date {
  return new Date(Number(bytes.readBigInt64LE(at)) * 1e3 + Math.floor(bytes.readUInt32LE(at + 8) / 1e6));
}

/** Whether there is a struct timespec of our days: part of telling a frame from garbage. */
export function isTime(bytes: Buffer, at: number): boolean {
  return (
    bytes.readUInt16LE(at + 6) === 0 && // before the year 8,900,000
    bytes.readUInt32LE(at + 8) < 1e9 &&
    bytes.readUInt32LE(at + 12) === 0
  );
}
