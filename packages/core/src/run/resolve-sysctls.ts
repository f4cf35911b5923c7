import type { NamespaceSpec, SysctlSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';

const operation = 'set kernel settings';

/** Of the IPC namespace: ipc/ipc_sysctl.c, ipc/mq_sysctl.c. */
const ofIpc =
  /^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.[a-z_]+)$/;
/** Of the network namespace, all of them; an interface may have any name but one with a dot. */
const ofNetwork = /^net(\.[\w-]+)+$/;

/**
 * Only settings that belong to namespaces of the container's own: others are the host's.
 * @throws TcError INVALID_OPTION
 */
export function resolveSysctls(
  settings: Readonly<Record<string, string>>,
  namespaces: NamespaceSpec,
): SysctlSpec[] {
  return Object.entries(settings).map(([name, value]) => {
    if (ofNetwork.test(name) && !namespaces.net)
      invalid(`${name} belongs to a network that is not its own`, operation, "Take network: 'none'.");
    if (!ofNetwork.test(name) && !ofIpc.test(name))
      invalid(
        `${JSON.stringify(name)} does not belong to a namespace of the container`,
        operation,
        'There are net.*, fs.mqueue.*, and kernel.shm*, msg* and sem. Others are settings of the whole host.',
      );
    if (typeof value !== 'string' || value === '' || /[\0\n]/.test(value))
      invalid(`${name}: ${JSON.stringify(value)} is not a value`, operation, 'Give one line of text.');
    return { name, value };
  });
}
