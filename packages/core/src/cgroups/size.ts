import { TcError } from '@tc/linux';

const UNITS = { b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 } as const;
type Unit = keyof typeof UNITS;

/** What a size may look like, for hints. */
export const SIZE_FORMAT =
  'A size is a number of bytes, or a string such as 512k, 64m, 1.5g (powers of 1024).';

const SIZE = /^(\d+(?:\.\d+)?) ?(?:b|([kmgt])(?:i?b)?)?$/i;

/** As `parseSize`, but undefined for what is no size. */
export function readSize(size: unknown): number | undefined {
  let bytes: number | undefined;
  if (typeof size === 'number') bytes = size;
  if (typeof size === 'string') {
    const match = SIZE.exec(size);
    if (match !== null) bytes = Number(match[1]) * UNITS[(match[2] ?? 'b').toLowerCase() as Unit];
  }
  if (bytes === undefined || !(bytes >= 0)) return undefined;
  const whole = Math.round(bytes);
  return Number.isSafeInteger(whole) ? whole : undefined;
}

/**
 * `parseSize('1.5g')` is 1610612736. Docker's units: b, k, m, g, t, also as `kb` or `KiB`, each a power of 1024
 * and in either case; without one, bytes. A fraction of a byte is rounded.
 * @throws TcError INVALID_SIZE
 */
export function parseSize(size: number | string, operation = 'read a size'): number {
  const bytes = readSize(size);
  if (bytes !== undefined) return bytes;
  const shown = typeof size === 'string' ? JSON.stringify(size) : String(size);
  throw new TcError(`${shown} is not a size`, { code: 'INVALID_SIZE', operation, hint: SIZE_FORMAT });
}

/** For messages: `64 MiB`, `1.5 GiB`; the exact number of bytes where that would take more digits. */
export function formatSize(bytes: number): string {
  for (const unit of ['t', 'g', 'm', 'k'] as const) {
    const value = bytes / UNITS[unit];
    if (value >= 1 && Number.isInteger(value * 10)) return `${value} ${unit.toUpperCase()}iB`;
  }
  return bytes === 1 ? '1 byte' : `${bytes} bytes`;
}
