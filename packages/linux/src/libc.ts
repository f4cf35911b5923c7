/**
 * libc through koffi: the one file of the project that imports the FFI library.
 *
 * koffi is loaded at the first call, not at import, so that everything pure (compiling, explaining and
 * parsing) works where there is no prebuilt koffi, and costs no start-up time.
 */
import { createRequire } from 'node:module';
import type * as Koffi from 'koffi';
import { SyscallError } from './syscall-error.ts';
import { type SyscallName, syscallNumbers } from './syscall-numbers.ts';

type Int = number;

/** The functions, as koffi calls them: no checks, no errors. For this package only. */
export interface Libc {
  memfd_create(name: string, flags: Int): Int;
  fcntl(fd: Int, command: Int, type: 'int', argument: Int): Int;
  flock(fd: Int, operation: Int): Int;
  pipe2(ends: Int32Array, flags: Int): Int;
  /** Each argument comes after its type. */
  syscall(number: Int, ...typesAndArguments: unknown[]): Int;
  socketpair(domain: Int, type: Int, protocol: Int, ends: Int32Array): Int;
  waitpid(pid: Int, status: null, options: Int): Int;
  posix_spawn(
    pid: Int32Array,
    path: string,
    actions: Uint8Array,
    attributes: Uint8Array,
    argv: readonly (string | null)[],
    envp: readonly (string | null)[],
  ): Int;
  posix_spawn_file_actions_init(actions: Uint8Array): Int;
  posix_spawn_file_actions_adddup2(actions: Uint8Array, fd: Int, newFd: Int): Int;
  posix_spawn_file_actions_destroy(actions: Uint8Array): Int;
  posix_spawnattr_init(attributes: Uint8Array): Int;
  posix_spawnattr_setflags(attributes: Uint8Array, flags: Int): Int;
  posix_spawnattr_setsigdefault(attributes: Uint8Array, signals: Uint8Array): Int;
}

let libc: Libc | undefined;

/**
 * This thread's errno, where errno(3) has it in memory. It is read in the function that made the call, right behind it:
 * on the way to another call of native code, as koffi's own errno() is one, V8 may collect garbage, and its futexes set
 * errno. One in a million calls was told to have failed with EAGAIN.
 */
let errno = new Int32Array(1);

/** Loaded at the first call. */
export function getLibc(): Libc {
  return libc ?? load();
}

/** Whether anything was called yet. */
export function isLibcLoaded(): boolean {
  return libc !== undefined;
}

function load(): Libc {
  const koffi = loadKoffi();
  const self = koffi.load(null); // the libc that node itself runs on: glibc and musl alike
  libc = {
    memfd_create: self.func('int memfd_create(const char *name, unsigned int flags)'),
    fcntl: self.func('int fcntl(int fd, int cmd, ...)'),
    flock: self.func('int flock(int fd, int operation)'),
    pipe2: self.func('int pipe2(int *ends, int flags)'),
    syscall: self.func('long syscall(long number, ...)'),
    socketpair: self.func('int socketpair(int domain, int type, int protocol, int *ends)'),
    waitpid: self.func('int waitpid(int pid, void *status, int options)'),
    posix_spawn: self.func(
      'int posix_spawn(int *pid, const char *path, void *actions, void *attributes, const char **argv, const char **envp)',
    ),
    posix_spawn_file_actions_init: self.func('int posix_spawn_file_actions_init(void *actions)'),
    posix_spawn_file_actions_adddup2: self.func(
      'int posix_spawn_file_actions_adddup2(void *actions, int fd, int new_fd)',
    ),
    posix_spawn_file_actions_destroy: self.func('int posix_spawn_file_actions_destroy(void *actions)'),
    posix_spawnattr_init: self.func('int posix_spawnattr_init(void *attributes)'),
    posix_spawnattr_setflags: self.func('int posix_spawnattr_setflags(void *attributes, short flags)'),
    posix_spawnattr_setsigdefault: self.func(
      'int posix_spawnattr_setsigdefault(void *attributes, const void *signals)',
    ),
  } as Libc;
  const errnoLocation = self.func('void *__errno_location()'); // of glibc and musl
  errno = new Int32Array(koffi.view(errnoLocation(), Int32Array.BYTES_PER_ELEMENT));
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

function checked(call: string, args: readonly unknown[], result: Int, failure: Int | undefined): Int {
  if (result === -1) throw new SyscallError({ call, errno: failure ?? 0, args });
  return result;
}

/**
 * syscall(2), for calls that the libc may not have a function for yet. Whole numbers are passed as longs, strings and
 * bytes as pointers to them. For this package only: each call has a function of its own that says what it takes.
 * @throws SyscallError
 */
export function systemCall(name: SyscallName, ...args: readonly (number | string | Uint8Array)[]): number {
  const number = syscallNumbers[name][process.arch === 'arm64' ? 1 : 0];
  const typed = args.flatMap((arg) => [argumentTypes[typeof arg as keyof typeof argumentTypes], arg]);
  return checked(
    name,
    args.map((arg) => (typeof arg === 'object' ? '...' : arg)),
    getLibc().syscall(number, ...typed),
    errno[0],
  );
}

const argumentTypes = { number: 'long', string: 'const char *', object: 'void *' } as const;

/** memfd_create(2): an anonymous file in memory. @throws SyscallError */
export function memfdCreate(name: string, flags: number): number {
  return checked('memfd_create', [name, flags], getLibc().memfd_create(name, flags), errno[0]);
}

/** fcntl(2) with an int argument. @throws SyscallError */
export function fcntl(fd: number, command: number, argument: number): number {
  return checked('fcntl', [fd, command, argument], getLibc().fcntl(fd, command, 'int', argument), errno[0]);
}

/** flock(2). @returns false where the lock is held by another and LOCK_NB was given. @throws SyscallError */
export function flock(fd: number, operation: number): boolean {
  const [result, failure = 0] = [getLibc().flock(fd, operation), errno[0]];
  if (result === 0) return true;
  if (failure === 11) return false; // EWOULDBLOCK
  throw new SyscallError({ call: 'flock', errno: failure, args: [fd, operation] });
}

/**
 * pipe2(2) with O_CLOEXEC. child_process gives a child sockets, which can't be opened again as /dev/stdout.
 * @throws SyscallError
 */
export function pipe(): { read: number; write: number } {
  const ends = new Int32Array(2);
  checked('pipe2', [], getLibc().pipe2(ends, 0o2000000), errno[0]);
  return { read: ends[0] as number, write: ends[1] as number };
}

/** socketpair(2): two connected AF_UNIX stream sockets, close-on-exec. @throws SyscallError */
export function socketPair(): readonly [number, number] {
  const ends = new Int32Array(2);
  const [AF_UNIX, SOCK_STREAM, SOCK_CLOEXEC] = [1, 1, 0o2000000];
  checked('socketpair', [], getLibc().socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), errno[0]);
  return [ends[0] as number, ends[1] as number];
}
