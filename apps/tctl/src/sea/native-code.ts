import { closeSync, constants, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { TcError } from '@tc/core';

/** open(2): a file that never has a name. Node.js has no constant for it; the first number is the same everywhere. */
const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;

/**
 * Loads a shared object that is in no file: dlopen(3) takes nothing but a path. Whoever could change what is behind
 * that path would have their own code run, as root. So it is put where nobody else can reach it, into the first
 * directory that takes it and from which code may be executed (mount(8), noexec), and is gone once it is loaded. What
 * the environment says, TMPDIR above all, does not count.
 *
 * @throws TcError `NATIVE_CODE_NOT_LOADED`
 */
export function loadNativeCode(code: Uint8Array, directories: readonly string[] = candidates()): unknown {
  const problems: unknown[] = [];
  for (const directory of directories) {
    for (const place of [throughUnnamedFile, throughPrivateDirectory]) {
      try {
        return place(directory, code, load);
      } catch (error) {
        problems.push(error);
      }
    }
  }
  throw new TcError(`none of ${directories.join(', ')} takes a file that may be executed`, {
    code: 'NATIVE_CODE_NOT_LOADED',
    operation: 'load the FFI library of this executable',
    cause: new AggregateError(problems),
    hint: 'Put the executable into a directory that you may write to, on a file system without noexec; or install tctl with npm.',
  });
}

/** In memory first, then on disk; where this executable is, executing must be allowed. */
function candidates(): string[] {
  const directories = ['/dev/shm', '/tmp', '/var/tmp', dirname(process.execPath)];
  try {
    directories.push(userInfo().homedir); // from the list of accounts, not from the environment
  } catch {} // this uid has no account
  return directories;
}

function load(path: string): unknown {
  const module = { exports: {} as unknown };
  process.dlopen(module, path);
  return module.exports;
}

/** It has no name that others could know, and never gets one (open(2), O_TMPFILE and O_EXCL). */
export function throughUnnamedFile<T>(directory: string, bytes: Uint8Array, use: (path: string) => T): T {
  const fd = openSync(directory, O_TMPFILE | constants.O_RDWR | constants.O_EXCL, 0o600);
  try {
    writeFileSync(fd, bytes);
    return use(`/proc/self/fd/${fd}`);
  } finally {
    closeSync(fd);
  }
}

/** For file systems without O_TMPFILE: mkdtemp(3) makes a directory that is new, and of ours alone. */
export function throughPrivateDirectory<T>(
  directory: string,
  bytes: Uint8Array,
  use: (path: string) => T,
): T {
  const own = mkdtempSync(join(directory, '.tctl-'));
  try {
    const path = join(own, 'native.node');
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
    return use(path);
  } finally {
    rmSync(own, { recursive: true, force: true });
  }
}
