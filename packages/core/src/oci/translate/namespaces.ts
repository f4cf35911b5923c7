/** linux.namespaces, and what belongs to them: maps of ids, settings of the kernel. */
import type { BundleNamespaces } from '../../launch/bundle-spec.ts';
import type { UserNamespaceSpec } from '../../launch/spec.ts';
import type { OciConfig } from '../config/config.ts';
import type { OciIdMapping } from '../config/linux.ts';
import { refuse, unsupported } from '../json.ts';

const joinOrder = ['user', 'ipc', 'uts', 'network', 'pid', 'time', 'cgroup'] as const;

export function translateNamespaces({ linux, hostname, domainname }: OciConfig): BundleNamespaces {
  const { namespaces } = linux;
  const of = (type: string) => namespaces.find((each) => each.type === type);
  const mount = of('mount');
  if (mount === undefined) unsupported('linux.namespaces', 'without a new mount namespace is not supported');
  if (mount.path !== undefined)
    unsupported('linux.namespaces', 'with the path of a mount namespace is not supported');
  if (of('uts') === undefined && (hostname ?? domainname) !== undefined)
    refuse(hostname === undefined ? 'domainname' : 'hostname', 'needs a UTS namespace of its own');
  const user = of('user');
  return {
    made: namespaces.filter(({ path }) => path === undefined).map(({ type }) => type),
    joined: joinOrder.flatMap((type) => {
      const path = of(type)?.path;
      return path === undefined ? [] : [{ type, path }];
    }),
    user: user === undefined ? undefined : userNamespace(user.path, linux),
    cgroup: of('cgroup') !== undefined && of('cgroup')?.path === undefined,
  };
}

function userNamespace(path: string | undefined, linux: OciConfig['linux']): UserNamespaceSpec {
  const lines = (mappings: readonly OciIdMapping[]) =>
    mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`).join('\n');
  if (path === undefined && linux.uidMappings.length === 0)
    refuse('linux.uidMappings', 'is empty, and there is a new user namespace');
  if (path === undefined && linux.gidMappings.length === 0)
    refuse('linux.gidMappings', 'is empty, and there is a new user namespace');
  return {
    uidMap: lines(linux.uidMappings),
    gidMap: lines(linux.gidMappings),
    denySetgroups: false,
    mapper: path === undefined ? 'supervisor' : 'joined',
    shiftMounts: false,
  };
}

const ofIpc =
  /^(?:kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.\w+)$/;

export function checkSysctl(name: string, value: string, { made, joined }: BundleNamespaces) {
  const has = (type: string) => made.includes(type as never) || joined.some((each) => each.type === type);
  const at = `linux.sysctl[${JSON.stringify(name)}]`;
  const key = name.includes('/') && !name.includes('.') ? name.replaceAll('/', '.') : name;
  const namespace = /^net\./.test(key)
    ? 'network'
    : ofIpc.test(key)
      ? 'ipc'
      : /^kernel\.(?:hostname|domainname)$/.test(key)
        ? 'uts'
        : refuse(at, 'does not belong to a namespace: it is a setting of the whole host');
  if (!has(namespace)) refuse(at, `needs a namespace of the type ${namespace} in linux.namespaces`);
  if (!/^[\w./-]+$/.test(key) || key.includes('..')) refuse(at, 'is no name of a setting');
  return { name: key, value };
}
