/** The network of another container in place of one of its own: setns(2). */
import { cloneFlags, miscConstants, prctlOptions } from '@tc/linux';
import { cell, flags, load, number } from '../data.ts';
import { networkFd } from '../protocol.ts';
import type { Context } from './context.ts';
import { kernelOnly, newMount, readOnly } from './mount-calls.ts';

/**
 * Runs in the supervisor, right before the clone: setns(2) takes privileges over the network namespace, which belongs to
 * another user namespace than a new one that the container gets.
 */
export function joinNetwork(c: Context): void {
  const { p } = c;
  const { joinNetwork, user } = c.spec.namespaces;
  if (!joinNetwork) return;
  p.group('namespaces');
  if (user?.mapper === 'joined') joinUserNamespace(c);
  p.call('setns', [networkFd, flags(cloneFlags, 'CLONE_NEWNET')], {
    what: 'join the network of the other container',
    why: 'its addresses, ports and abstract sockets; it stays as long as one of the two runs',
  });
  p.call('close', [networkFd], { what: 'close its network namespace' });
  if (user === undefined || user.mapper === 'joined') return;
  // Root of the new user namespace may not mount it: sysfs belongs to the owner of the network namespace.
  const sys = newMount(p, 'sysfs', {}, [readOnly, ...kernelOnly], {
    what: 'make a sysfs',
    why: 'it shows the network namespace that was joined, and nothing can be changed through it',
  });
  p.set(c.networkSys, load(sys));
}

/** An ordinary user has privileges over a network namespace only in the user namespace that owns it: ioctl_nsfs(2). */
function joinUserNamespace({ p }: Context): void {
  const owner = cell('user_fd');
  p.call('ioctl', [networkFd, flags(miscConstants, 'NS_GET_USERNS')], {
    what: 'open the user namespace that owns the other container’s network',
    result: owner,
  });
  p.call('setns', [load(owner), flags(cloneFlags, 'CLONE_NEWUSER')], {
    what: 'join that user namespace',
    why: 'only there an ordinary user may join the network',
    diagnose: { EPERM: { hint: 'The other container must be one of yours.' } },
  });
  p.call('close', [load(owner)], { what: 'close the user namespace' });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_DUMPABLE'), number(1)], {
    what: 'stay what the user may look into',
    why: 'joining a user namespace ends that: proc(5)',
  });
}
