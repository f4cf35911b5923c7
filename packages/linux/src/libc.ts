/**
 * libc through koffi: the one file of the project that imports the FFI library.
 *
 * koffi is loaded at the first call, not at import, so that everything pure (compiling, explaining and
 * parsing) works where there is no prebuilt koffi, and costs no start-up time.
 */
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { SyscallError } from './syscall-error.ts';

type Int = number;
interface Libc {
  memfd_create(name: string, flags: Int): Int;
  fcntl(fd: Int, command: Int, type: 'int', argument: Int): Int;
  flock(fd: Int, operation: Int): Int;
  pipe2(ends: Int32Array, flags: Int): Int;
}

let koffi: typeof Koffi | undefined;
let libc: Libc | undefined;

function load(): Libc {
  koffi = loadKoffi();
  const self = koffi.load(null); // the libc that node itself runs on: glibc and musl alike
  libc = {
    memfd_create: self.func('int memfd_create(const char *name, unsigned int flags)'),
    fcntl: self.func('int fcntl(int fd, int cmd, ...)'),
    flock: self.func('int flock(int fd, int operation)'),
    pipe2: self.func('int pipe2(int *ends, int flags)'),
  } as Libc;
  return libc;
}

/**
 * koffi's own loader takes some 8 ms, most of it in search of the file that the platform's package already is.
 * That package is tried first; koffi itself knows what to do everywhere else.
 */
function loadKoffi(): typeof Koffi {
  const require = createRequire(import.meta.url);
  try {
    const platformPackage = `@koromix/koffi-${process.platform}-${process.arch}`;
    return createRequire(require.resolve('koffi'))(platformPackage) as typeof Koffi;
  } catch {
    return require('koffi') as typeof Koffi;
  }
}

/** errno is read at once: any other call through libuv could change it. */
function checked(call: string, args: readonly unknown[], result: Int): Int {
  if (result === -1) throw new SyscallError({ call, errno: koffi?.errno() ?? 0, args });
  return result;
}

/** memfd_create(2): an anonymous file in memory. @throws SyscallError */
export function memfdCreate(name: string, flags: number): number {
  return checked('memfd_create', [name, flags], (libc ?? load()).memfd_create(name, flags));
}

/** fcntl(2) with an int argument. @throws SyscallError */
export function fcntl(fd: number, command: number, argument: number): number {
  return checked('fcntl', [fd, command, argument], (libc ?? load()).fcntl(fd, command, 'int', argument));
}

/** flock(2). @returns false where the lock is held by another and LOCK_NB was given. @throws SyscallError */
export function flock(fd: number, operation: number): boolean {
  if ((libc ?? load()).flock(fd, operation) === 0) return true;
  const errno = koffi?.errno() ?? 0;
  if (errno === 11) return false; // EWOULDBLOCK
  throw new SyscallError({ call: 'flock', errno, args: [fd, operation] });
}

/**
 * pipe2(2) with O_CLOEXEC. child_process gives a child sockets, which can't be opened again as /dev/stdout.
 * @throws SyscallError
 */
export function pipe(): { read: number; write: number } {
  const ends = new Int32Array(2);
  checked('pipe2', [], (libc ?? load()).pipe2(ends, 0o2000000));
  return { read: ends[0] as number, write: ends[1] as number };
}
