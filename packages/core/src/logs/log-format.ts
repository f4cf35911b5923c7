import { logFrameLayout as layout, logMagic } from '../launch/protocol.ts';
import { type FrameFormat, isTime, readTime } from './frame-format.ts';

export type LogStream = 'stdout' | 'stderr';

/** What a stream gave at once. */
export interface LogFrame {
  readonly stream: LogStream;
  readonly time: Date;
  readonly data: Buffer;
}

const streams: readonly (LogStream | undefined)[] = [undefined, 'stdout', 'stderr'];

function streamAt(bytes: Buffer, at: number): LogStream | undefined {
  return streams[bytes.readUInt32LE(at + layout.magic) - logMagic];
}

/** As the supervisor writes it: `launch/phases/log-pump.ts`. */
export const logFormat: FrameFormat<LogFrame> = {
  headerBytes: layout.header,
  sizeAt(bytes, at) {
    if (streamAt(bytes, at) === undefined || !isTime(bytes, at + layout.time)) return undefined;
    const length = bytes.readUInt32LE(at + layout.length);
    return length <= layout.maxData ? layout.header + length : undefined;
  },
  decode: (frame) => ({
    stream: streamAt(frame, 0) ?? 'stdout',
    time: readTime(frame, layout.time),
    data: frame.subarray(layout.header),
  }),
};
