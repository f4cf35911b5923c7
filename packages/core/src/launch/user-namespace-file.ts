/** A user namespace without a process in it: a descriptor keeps it. */

import { once } from 'node:events';
import { openSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { cloneFlags, miscConstants, prctlOptions, reap, TcError } from '@tc/linux';
import { ProgramBuilder } from './builder.ts';
import { address, buffer, flags, number, string } from './data.ts';
import { controlFd } from './protocol.ts';
import { spawnImage } from './spawn-image.ts';

const SIGKILL = 9;

/**
 * Takes root: of several lines only a privileged process of the parent namespace may write a map (user_namespaces(7)).
 * @param maps texts of uid_map and gid_map
 * @returns a descriptor of /proc/PID/ns/user, the caller’s to close
 * @throws SyscallError, TcError
 */
export async function openUserNamespace(maps: {
  readonly uidMap: string;
  readonly gidMap: string;
}): Promise<number> {
  const { pid, fd } = spawnImage(program(), 'tctl-ids');
  const control = new Socket({ fd });
  control.on('error', () => {}); // its end says as much
  try {
    const [said] = (await Promise.race([once(control, 'data'), once(control, 'close')])) as [unknown];
    if (!(said instanceof Buffer) || said.toString() !== '.')
      throw new TcError('the kernel refuses a user namespace', {
        code: 'USER_NAMESPACE_REFUSED',
        operation: 'make a user namespace',
        hint: 'See /proc/sys/user/max_user_namespaces.',
      });
    writeFileSync(`/proc/${pid}/uid_map`, maps.uidMap);
    writeFileSync(`/proc/${pid}/gid_map`, maps.gidMap);
    return openSync(`/proc/${pid}/ns/user`, 'r');
  } finally {
    control.destroy();
    process.kill(pid, 'SIGKILL');
    reap(pid);
  }
}

function program() {
  const p = new ProgramBuilder();
  const failed = p.label();
  p.set(p.control.reportFd, number(controlFd));
  p.set(p.control.onFail, { kind: 'step', label: failed });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_PDEATHSIG'), SIGKILL], { what: 'end with Node.js' });
  p.call('unshare', [flags(cloneFlags, 'CLONE_NEWUSER')], { what: 'make a user namespace' });
  p.call('sendto', [controlFd, string('.'), 1, flags(miscConstants, 'MSG_NOSIGNAL'), 0, 0], {
    what: 'tell that it is there',
  });
  p.call('read', [controlFd, address(buffer(8, 'end')), 1], {
    what: 'wait until it is open',
    checked: false,
  });
  p.place(failed);
  p.call('exit_group', [0], { what: 'end' });
  return p.finish(buffer(8, 'record'));
}
