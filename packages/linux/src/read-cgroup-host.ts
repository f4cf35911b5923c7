import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { type CgroupHost, detectCgroupHost } from './cgroup-host.ts';
import { parseMountinfo } from './kernel-files/mountinfo.ts';
import { parseProcCgroups } from './kernel-files/proc-cgroups.ts';
import { SyscallError } from './syscall-error.ts';

const ABSENT: ReadonlySet<number> = new Set([
  constants.errno.ENOENT,
  // The cgroup was removed while its file was open (kernfs).
  constants.errno.ENODEV,
  // The file is there but its feature is off: *.pressure with cgroup.pressure=0, memory.* on some kernels.
  constants.errno.EOPNOTSUPP,
]);

function toSyscallError(error: NodeJS.ErrnoException, path: string, hint?: string): unknown {
  // Node's own complaints, such as a NUL byte in the path, carry no errno.
  if (typeof error.errno !== 'number') return error;
  const call = error.syscall ?? 'read';
  return new SyscallError({ call, errno: -error.errno, args: [path], operation: `read ${path}`, path, hint });
}

/** Reads a kernel file as text; undefined if it, or the feature that it reports on, is absent. */
export function readOptional(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const failure = error as NodeJS.ErrnoException;
    if (failure.errno !== undefined && ABSENT.has(-failure.errno)) return undefined;
    throw toSyscallError(failure, path);
  }
}

function readMountinfo(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw toSyscallError(
      error as NodeJS.ErrnoException,
      path,
      'Mount proc on /proc: mount -t proc proc /proc.',
    );
  }
}

/** Reads this machine's cgroup layout, as this process sees it. `procDir` is where proc is mounted. */
export function readCgroupHost(procDir = '/proc'): CgroupHost {
  const mountinfo = readMountinfo(join(procDir, 'self/mountinfo'));
  // Linux deprecates /proc/cgroups together with v1.
  const cgroups = readOptional(join(procDir, 'cgroups'));
  return detectCgroupHost({
    mountinfo: parseMountinfo(mountinfo),
    cgroups: cgroups === undefined ? [] : parseProcCgroups(cgroups),
  });
}
