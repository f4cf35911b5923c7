/** linux.namespaces, and what belongs to them: maps of ids, settings of the kernel. */
import type { BundleNamespaces } from '../../launch/bundle-spec.ts';
import type { UserNamespaceSpec } from '../../launch/spec.ts';
import type { OciConfig } from '../config/config.ts';
import type { OciIdMapping } from '../config/linux.ts';
import { refuse, unsupported } from '../json.ts';

const joinOrder = ['user', 'ipc', 'uts', 'network', 'pid', 'time', 'cgroup'] as const;

export function translateNamespaces(
  { linux, hostname, domainname }: OciConfig,
  caller: Caller,
): BundleNamespaces {
  const { namespaces } = linux;
  const of = (type: string) => namespaces.find((each) => each.type === type);
  const mount = of('mount');
  if (mount === undefined) unsupported('linux.namespaces', 'without a new mount namespace is not supported');
  if (mount.path !== undefined)
    unsupported('linux.namespaces', 'with the path of a mount namespace is not supported');
  if (of('uts') === undefined && (hostname ?? domainname) !== undefined)
    refuse(hostname === undefined ? 'domainname' : 'hostname', 'needs a UTS namespace of its own');
  const user = of('user');
  if (user === undefined && caller.uid !== 0)
    refuse('linux.namespaces', 'lacks a user namespace, without which only root can make the others');
  return {
    made: namespaces.filter(({ path }) => path === undefined).map(({ type }) => type),
    joined: joinOrder.flatMap((type) => {
      const path = of(type)?.path;
      return path === undefined ? [] : [{ type, path }];
    }),
    user: user === undefined ? undefined : userNamespace(user.path, linux, caller),
    cgroup: of('cgroup') !== undefined && of('cgroup')?.path === undefined,
    timeOffsets: timeOffsets(linux, of('time')),
  };
}

/** The text of timens_offsets: time_namespaces(7). */
function timeOffsets(
  { timeOffsets: offsets }: OciConfig['linux'],
  namespace: { readonly path: string | undefined } | undefined,
): string | undefined {
  const lines = Object.entries(offsets).map(
    ([clock, { secs, nanosecs }]) => `${clock} ${secs} ${nanosecs}\n`,
  );
  if (lines.length === 0) return undefined;
  if (namespace === undefined || namespace.path !== undefined)
    refuse('linux.timeOffsets', 'needs a new time namespace in linux.namespaces');
  return lines.join('');
}

/** The text of uid_map or gid_map: user_namespaces(7). */
export const mapText = (mappings: readonly OciIdMapping[]) =>
  mappings.map(({ containerID, hostID, size }) => `${containerID} ${hostID} ${size}`).join('\n');

/** Who calls: an ordinary user may write only a map of itself, and has newuidmap(1) write others. */
export interface Caller {
  readonly uid: number;
  readonly gid: number;
}

function userNamespace(
  path: string | undefined,
  linux: OciConfig['linux'],
  { uid, gid }: Caller,
): UserNamespaceSpec {
  const isOwn = (mappings: readonly OciIdMapping[], own: number) =>
    mappings.length === 1 && mappings[0]?.hostID === own && mappings[0].size === 1;
  const isOfItself = isOwn(linux.uidMappings, uid) && isOwn(linux.gidMappings, gid);
  if (path === undefined && linux.uidMappings.length === 0)
    refuse('linux.uidMappings', 'is empty, and there is a new user namespace');
  if (path === undefined && linux.gidMappings.length === 0)
    refuse('linux.gidMappings', 'is empty, and there is a new user namespace');
  return {
    uidMap: mapText(linux.uidMappings),
    gidMap: mapText(linux.gidMappings),
    denySetgroups: uid !== 0 && isOfItself,
    mapper: path !== undefined ? 'joined' : uid === 0 || isOfItself ? 'supervisor' : 'newuidmap',
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
