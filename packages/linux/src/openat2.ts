import { systemCall } from './libc.ts';

/** struct open_how: openat2(2). */
export interface OpenHow {
  /** `O_*`. O_CLOEXEC is added. */
  readonly flags: number;
  /** For files that are made. */
  readonly mode?: number;
  /** `RESOLVE_*`. */
  readonly resolve: number;
}

const O_CLOEXEC = 0o2000000;
const structSize = 24;

/**
 * openat2(2): opens a path below a directory, and says which ways the path may not lead.
 * @param path bytes where it need not be UTF-8
 * @throws SyscallError EXDEV, ELOOP where it does; EAGAIN where something was renamed meanwhile: try again
 */
export function openat2(
  directoryFd: number,
  path: string | Uint8Array,
  { flags, mode = 0, resolve }: OpenHow,
): number {
  const how = Buffer.alloc(structSize);
  how.writeBigUInt64LE(BigInt(flags | O_CLOEXEC), 0);
  how.writeBigUInt64LE(BigInt(mode), 8);
  how.writeBigUInt64LE(BigInt(resolve), 16);
  const name = typeof path === 'string' ? path : Buffer.concat([path, Buffer.alloc(1)]);
  return systemCall('openat2', directoryFd, name, how, structSize);
}
