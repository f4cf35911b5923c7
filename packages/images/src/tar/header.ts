/** The header block: POSIX.1-1988 ustar, POSIX.1-2001 pax, and GNU's. tar(5) of FreeBSD describes them all. */
import { badTar } from './entry.ts';

export const blockBytes = 512;

export interface TarHeader {
  readonly path: string;
  readonly type: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly mtimeSeconds: number;
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  readonly block: Buffer;
}

/** @returns undefined for a block of zeros, which ends an archive. @throws TcError TAR_INVALID */
export function parseHeader(block: Buffer): TarHeader | undefined {
  const sum = checksum(block);
  if (sum === 8 * 0x20) return undefined; // nothing but the checksum's own eight spaces
  if (number(block, 148, 8) !== sum && number(block, 148, 8) !== signedChecksum(block))
    throw badTar('the checksum of a header is wrong');
  const magic = block.toString('latin1', 257, 263);
  const isUstar = magic === 'ustar\0';
  const prefix = isUstar ? text(block, 345, 155) : '';
  const name = text(block, 0, 100);
  const hasDevice = isUstar || magic === 'ustar ';
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    type: block[156] === 0 ? '0' : String.fromCharCode(block[156] ?? 0),
    mode: number(block, 100, 8) & 0o7777,
    uid: number(block, 108, 8),
    gid: number(block, 116, 8),
    size: number(block, 124, 12),
    mtimeSeconds: number(block, 136, 12),
    target: text(block, 157, 100),
    major: hasDevice ? number(block, 329, 8) : 0,
    minor: hasDevice ? number(block, 337, 8) : 0,
    block,
  };
}

/** Up to the first NUL, in latin1. */
export function text(block: Buffer, start: number, length: number): string {
  const end = block.indexOf(0, start);
  return block.toString('latin1', start, end === -1 || end > start + length ? start + length : end);
}

/** Octal digits; or, where the top bit is set, bytes of a number in two's complement, as GNU and star have it. */
export function number(block: Buffer, start: number, length: number): number {
  const first = block[start] ?? 0;
  if ((first & 0x80) === 0) {
    const digits = text(block, start, length).trim();
    if (digits === '') return 0;
    if (!/^[0-7]+$/.test(digits)) throw badTar(`${JSON.stringify(digits)} is no octal number`);
    return safe(Number.parseInt(digits, 8));
  }
  let value = BigInt.asIntN(7, BigInt(first & 0x7f));
  for (const byte of block.subarray(start + 1, start + length)) value = (value << 8n) | BigInt(byte);
  return safe(Number(value));
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw badTar('a number in it is too large');
  return value;
}

/** The eight bytes of the checksum itself count as spaces. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockBytes; index += 1)
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  return sum;
}

/** Some old programs added bytes as signed ones. */
function signedChecksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockBytes; index += 1)
    if (index < 148 || index >= 156) sum += block.readInt8(index);
  return sum;
}
