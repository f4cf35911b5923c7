/** Processes by descriptor: unlike a pid, one never comes to mean another process. */
import { constants as os } from 'node:os';
import { systemCall } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/**
 * pidfd_open(2): a descriptor of a process, close-on-exec. Whether it is the process that was meant has to be checked
 * afterwards, by something that is true only while that lives.
 * @returns undefined where there is no such process
 * @throws SyscallError
 */
export function pidfdOpen(pid: number): number | undefined {
  return unlessGone(() => systemCall('pidfd_open', pid, 0));
}

/**
 * pidfd_getfd(2): a copy of a descriptor that the other process has, close-on-exec. Its file offset and its status
 * flags (O_NONBLOCK) are those of the other's.
 * @throws SyscallError EPERM where it may not be traced (ptrace(2)); EBADF where it has no such descriptor; ESRCH
 */
export function pidfdGetFd(pidfd: number, fd: number): number {
  return systemCall('pidfd_getfd', pidfd, fd, 0);
}

/** pidfd_send_signal(2), with 0 to try. @returns false where the process has gone. @throws SyscallError */
export function pidfdSendSignal(pidfd: number, signal: number): boolean {
  return unlessGone(() => systemCall('pidfd_send_signal', pidfd, signal, 0, 0)) !== undefined;
}

function unlessGone(call: () => number): number | undefined {
  try {
    return call();
  } catch (error) {
    if (error instanceof SyscallError && error.errno === os.errno.ESRCH) return undefined;
    throw error;
  }
}
