import { constants as os } from 'node:os';
import { systemCall } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/**
 * Has files made as if by another user, without becoming it: setfsuid(2). The kernel keeps these ids for each thread, so
 * `act` must do its work before it returns.
 * @throws SyscallError EPERM for an ordinary user
 */
export function withFsIds<T>({ uid, gid }: { uid: number; gid: number }, act: () => T): T {
  const oldGid = systemCall('setfsgid', gid);
  const oldUid = systemCall('setfsuid', uid);
  try {
    // It reports no failure; an id that can't be tells what it is now.
    if (systemCall('setfsuid', -1) !== uid || systemCall('setfsgid', -1) !== gid)
      throw new SyscallError({ call: 'setfsuid', errno: os.errno.EPERM, args: [uid] });
    return act();
  } finally {
    systemCall('setfsuid', oldUid);
    systemCall('setfsgid', oldGid);
  }
}
