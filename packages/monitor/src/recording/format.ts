/**
 * A recording is a head and records. All numbers are little-endian.
 *
 *     head:    "tctl-rec", version (u32)
 *     record:  magic (u32), length of what follows the checksum (u32), its CRC-32 (u32), then
 *              kind (u8), time of day in milliseconds (f64), and what the kind says
 *
 * A recorder writes a schema and a key frame when it begins, and a key frame every so often: whoever looks for a time
 * begins there. All other frames say only what has changed.
 */
import { crc32 } from 'node:zlib';
import { damaged } from './errors.ts';

const magicText = 'tctl-rec';
export const fileMagic = Buffer.from(magicText);
/** What this version writes, and the only one that it reads. More figures need no other: they have names. */
export const formatVersion = 1;
export const fileHeadBytes = fileMagic.length + 4;

export const recordMagic = Buffer.from([0xb7, 0x1d, 0xc3, 0xfe]); // as no UTF-8 and no varint of small numbers has it
export const recordHeadBytes = 12;
/** Kind and time, with which every record begins. */
export const prefixBytes = 9;
/** 16 MiB hold a key frame of some 50,000 cgroups. */
export const longestRecord = 16 << 20;

export const recordKinds = { schema: 0, keyFrame: 1, frame: 2, event: 3 } as const;

export function fileHead(): Buffer {
  const head = Buffer.alloc(fileHeadBytes);
  fileMagic.copy(head);
  head.writeUInt32LE(formatVersion, fileMagic.length);
  return head;
}

/** A record of several pieces that were written one after the other. */
export function sealRecord(kind: number, timeMs: number, body: Buffer): Buffer {
  const record = Buffer.allocUnsafeSlow(recordHeadBytes + prefixBytes + body.length);
  recordMagic.copy(record);
  record.writeUInt32LE(prefixBytes + body.length, 4);
  record.writeUInt8(kind, recordHeadBytes);
  record.writeDoubleLE(timeMs, recordHeadBytes + 1);
  body.copy(record, recordHeadBytes + prefixBytes);
  record.writeUInt32LE(crc32(record.subarray(recordHeadBytes)), 8);
  return record;
}

export interface RecordHead {
  readonly kind: number;
  readonly timeMs: number;
  /** Of the whole record. */
  readonly bytes: number;
}

/** @param bytes of which the first `recordHeadBytes + prefixBytes` are there. @returns undefined where there is no record */
export function readRecordHead(bytes: Buffer): RecordHead | undefined {
  if (bytes.length < recordHeadBytes + prefixBytes || !bytes.subarray(0, 4).equals(recordMagic))
    return undefined;
  const length = bytes.readUInt32LE(4);
  const timeMs = bytes.readDoubleLE(recordHeadBytes + 1);
  // Dates end there: ECMA-262, 21.4.1.1.
  if (length < prefixBytes || length > longestRecord || !(Math.abs(timeMs) <= 8.64e15)) return undefined;
  return { kind: bytes.readUInt8(recordHeadBytes), timeMs, bytes: recordHeadBytes + length };
}

/** @returns what the kind says. @throws TcError RECORDING_DAMAGED */
export function openRecord(record: Buffer): Buffer {
  if (crc32(record.subarray(recordHeadBytes)) !== record.readUInt32LE(8))
    throw damaged('its checksum differs');
  return record.subarray(recordHeadBytes + prefixBytes);
}
