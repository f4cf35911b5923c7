import { closeSync } from 'node:fs';
import { pidfdGetFd, pidfdOpen, TcError } from '@tc/linux';

/** A descriptor of a supervisor, for this process: pidfd_getfd(2). @throws TcError CONTAINER_NOT_RUNNING, SyscallError */
export function takeDescriptor(supervisorPid: number, fd: number): number {
  const pidfd = pidfdOpen(supervisorPid);
  if (pidfd === undefined) {
    throw new TcError('its supervisor is gone', {
      code: 'CONTAINER_NOT_RUNNING',
      operation: 'attach to a container',
      hint: 'Start it first.',
    });
  }
  try {
    return pidfdGetFd(pidfd, fd);
  } finally {
    closeSync(pidfd);
  }
}
