/** What Node.js can't say about files: nanoseconds, extended attributes, device nodes. None of these follows a link. */
import { constants } from 'node:os';
import { systemCall } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

const AT_FDCWD = -100;
const AT_SYMLINK_NOFOLLOW = 0x100;
const nsPerSecond = 1_000_000_000n;

type Path = string | Uint8Array;

const withNul = (path: Path): Uint8Array =>
  Buffer.concat([typeof path === 'string' ? Buffer.from(path) : path, Buffer.alloc(1)]);

/** utimensat(2): access and modification time, both the same. Node's own takes seconds as a double: 0.2 µs are lost. */
export function setTimes(path: Path, timeNs: bigint): void {
  systemCall('utimensat', AT_FDCWD, withNul(path), timesBuffer(timeNs), AT_SYMLINK_NOFOLLOW);
}

/** The same of an open file: utimensat(2) without a path, which is futimens(3). No name is looked up. */
export function setTimesOfOpen(fd: number, timeNs: bigint): void {
  systemCall('utimensat', fd, 0, timesBuffer(timeNs), 0);
}

function timesBuffer(timeNs: bigint): Buffer {
  const times = Buffer.alloc(32);
  const seconds = timeNs >= 0n ? timeNs / nsPerSecond : -((-timeNs + nsPerSecond - 1n) / nsPerSecond);
  for (const at of [0, 16]) {
    times.writeBigInt64LE(seconds, at);
    times.writeBigInt64LE(timeNs - seconds * nsPerSecond, at + 8);
  }
  return times;
}

/** lsetxattr(2). @throws SyscallError ENOTSUP where the file system has none, EPERM */
export function setXattr(path: Path, name: string, value: Uint8Array): void {
  systemCall('lsetxattr', withNul(path), Buffer.from(`${name}\0`, 'latin1'), value, value.length, 0);
}

/** lgetxattr(2). @returns undefined where there is no such attribute */
export function getXattr(path: Path, name: string): Buffer | undefined {
  const value = sized((buffer, size) =>
    systemCall('lgetxattr', withNul(path), Buffer.from(`${name}\0`, 'latin1'), buffer, size),
  );
  return value;
}

/** llistxattr(2): the names, as bytes in latin1. Those of `trusted.` are told to root alone. */
export function listXattrs(path: Path): string[] {
  const names = sized((buffer, size) => systemCall('llistxattr', withNul(path), buffer, size));
  return names === undefined ? [] : names.toString('latin1').split('\0').slice(0, -1);
}

/** The kernel takes no attribute, and no list of names, that is longer: xattr(7), XATTR_SIZE_MAX. */
const mostBytes = 65_536;
let scratch: Buffer | undefined;

function sized(call: (buffer: Buffer, size: number) => number): Buffer | undefined {
  scratch ??= Buffer.alloc(mostBytes);
  try {
    return Buffer.from(scratch.subarray(0, call(scratch, mostBytes)));
  } catch (error) {
    const { ENODATA, EOPNOTSUPP } = constants.errno;
    if (error instanceof SyscallError && [ENODATA, EOPNOTSUPP].includes(error.errno)) return undefined;
    throw error;
  }
}

/**
 * mknodat(2): a device, or a FIFO. Anybody may make the character device 0:0, overlayfs's whiteout, since Linux 5.8.
 * @param type S_IFCHR, S_IFBLK or S_IFIFO
 */
export function makeNode(path: Path, type: number, mode: number, major = 0, minor = 0): void {
  // new_encode_dev() of linux/kdev_t.h, which is what the call takes on 64 bits
  const device = (minor & 0xff) | (major << 8) | ((minor & ~0xff) << 12);
  systemCall('mknodat', AT_FDCWD, withNul(path), type | mode, device >>> 0);
}

/** syncfs(2): all that was written to the file system of this descriptor is on its disk. */
export function syncFileSystem(fd: number): void {
  systemCall('syncfs', fd);
}
