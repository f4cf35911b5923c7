import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Need } from './requires.ts';
import { fastDirectory } from './rootfs.ts';

const [major = 0, minor = 0] = release().split('.').map(Number);
const tmpfsToo = major > 6 || (major === 6 && minor >= 3);
const fileSystems = ['ext2/ext3', 'xfs', 'btrfs', ...(tmpfsToo ? ['tmpfs'] : [])];

const canBeMapped = (path: string): boolean =>
  existsSync(path) &&
  fileSystems.includes(execFileSync('stat', ['-f', '-c', '%T', path], { encoding: 'utf8' }).trim());

const place = [fastDirectory, process.env['VM_SCRATCH'], tmpdir()].find(
  (path) => path !== undefined && canBeMapped(path),
);

/** mount_setattr(2) with MOUNT_ATTR_IDMAP works in `newIdMappableDirectory()`. */
export const idMappableDirectory: Need = () =>
  place === undefined ? 'no file system here can be id-mapped' : undefined;

/** `user: true` works with the shared root file system, `hostRoot`, and the tests' own directories. */
export const usualIdMap: Need = () =>
  canBeMapped(fastDirectory)
    ? undefined
    : 'the file system of the shared root file system can’t be id-mapped';

/** The caller removes it. */
export function newIdMappableDirectory(): string {
  return mkdtempSync(join(place ?? tmpdir(), 'id-mappable-'));
}
