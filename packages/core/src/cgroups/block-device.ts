import { type BigIntStats, statSync } from 'node:fs';
import { fail } from './check-limit.ts';

const HINT = 'A block device: its path, such as /dev/sda, or its numbers, such as 8:0. lsblk lists them.';

/** gnu_dev_major(3) and its sibling: Linux device numbers as stat(2) tells them. */
export function deviceNumber(rdev: bigint): string {
  const major = ((rdev >> 8n) & 0xfffn) | ((rdev >> 32n) & 0xffff_f000n);
  const minor = (rdev & 0xffn) | ((rdev >> 12n) & 0xffff_ff00n);
  return `${major}:${minor}`;
}

/**
 * The `major:minor` of a device that is given by its path or already by its number.
 * @throws TcError INVALID_LIMIT
 */
export function resolveBlockDevice(device: string): string {
  if (typeof device !== 'string' || device === '') fail('io', device, 'is not a device', HINT);
  if (/^\d{1,4}:\d{1,7}$/.test(device)) return device;
  let stats: BigIntStats | undefined;
  try {
    stats = statSync(device, { bigint: true, throwIfNoEntry: false });
  } catch (error) {
    fail('io', device, `cannot be looked at (${(error as NodeJS.ErrnoException).code})`, HINT);
  }
  if (stats === undefined) fail('io', device, 'does not exist', HINT);
  if (!stats.isBlockDevice()) fail('io', device, 'is not a block device', HINT);
  return deviceNumber(stats.rdev);
}
