/** The entries of the journal of events. Pure. */
import { decodeCause, decodeStatus } from '../launch/ending.ts';
import { eventKinds, eventMagic, eventLayout as layout } from '../launch/protocol.ts';
import { type FrameFormat, isTime, readTime } from '../logs/frame-format.ts';
import type { Reason } from '../run/result.ts';

export type EventKind =
  | 'create'
  | 'start'
  | 'exit'
  | 'remove'
  | 'pause'
  | 'resume'
  | 'update'
  | 'rename'
  | 'oom'
  | 'pids-max';

/** Something that happened to a container, whichever process did it. */
export interface ContainerEvent {
  readonly time: Date;
  readonly kind: EventKind;
  readonly id: string;
  /** As it was then; for `rename` the new one. */
  readonly name: string;
  /** `start`: of its first process, on the host. */
  readonly pid?: number;
  /** `exit`: one of the two; neither where the supervisor was lost. */
  readonly exitCode?: number;
  readonly signal?: NodeJS.Signals;
  /** `exit`: why its supervisor ended it, where it did. */
  readonly reason?: Extract<Reason, 'timeout' | 'cpu' | 'output' | 'aborted'>;
  /** `oom`, `pids-max`: how often so far, where that is known. */
  readonly count?: number;
}

export interface NewEvent {
  readonly kind: EventKind;
  readonly id: string;
  readonly name: string;
  /** What `eventLayout.value` says. */
  readonly value?: number;
}

const kinds: ReadonlyMap<number, EventKind> = new Map(
  Object.entries(eventKinds).map(([name, number]) => [
    number,
    name === 'pidsMax' ? 'pids-max' : (name as Exclude<EventKind, 'pids-max'>),
  ]),
);
const numbers = new Map([...kinds].map(([number, kind]) => [kind, number]));
const textBytes = 64;

export const eventFormat: FrameFormat<ContainerEvent> = {
  headerBytes: layout.size,
  sizeAt: (bytes, at) =>
    bytes.readUInt32LE(at + layout.magic) === eventMagic &&
    kinds.has(bytes.readUInt32LE(at + layout.kind)) &&
    isTime(bytes, at + layout.time)
      ? layout.size
      : undefined,
  decode(frame) {
    const kind = kinds.get(frame.readUInt32LE(layout.kind)) ?? 'update';
    const value = Number(frame.readBigInt64LE(layout.value));
    const time = readTime(frame, layout.time);
    const [id, name] = [text(frame, layout.id), text(frame, layout.name)];
    return { time, kind, id, name, ...meaning(kind, value) };
  },
};

export function encodeEvent({ kind, id, name, value = 0 }: NewEvent, time = new Date()): Buffer {
  const frame = Buffer.alloc(layout.size);
  frame.writeUInt32LE(eventMagic, layout.magic);
  frame.writeUInt32LE(numbers.get(kind) ?? 0, layout.kind);
  const milliseconds = time.getTime();
  frame.writeBigInt64LE(BigInt(Math.floor(milliseconds / 1e3)), layout.time);
  frame.writeBigInt64LE(BigInt((milliseconds % 1e3) * 1e6), layout.time + 8);
  frame.writeBigInt64LE(BigInt(value), layout.value);
  frame.write(id, layout.id, textBytes);
  frame.write(name, layout.name, textBytes);
  return frame;
}

function text(frame: Buffer, at: number): string {
  const end = frame.subarray(at, at + textBytes).indexOf(0);
  return frame.toString('utf8', at, at + (end === -1 ? textBytes : end));
}

function meaning(kind: EventKind, value: number): Partial<ContainerEvent> {
  if (kind === 'start') return { pid: value };
  if (kind === 'oom' || kind === 'pids-max') return value < 0 ? {} : { count: value };
  if (kind !== 'exit' || value < 0) return {};
  const { exitCode, signal } = decodeStatus(value % 2 ** 32);
  const cause = decodeCause(Math.floor(value / 2 ** 32), signal);
  const reason = cause === 'ownerGone' ? 'aborted' : cause;
  return {
    ...(signal === undefined ? { exitCode: exitCode ?? 0 } : { signal }),
    ...(reason !== 'none' && { reason }),
  };
}
