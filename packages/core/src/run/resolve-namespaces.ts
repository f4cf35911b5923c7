import type { NamespaceSpec, UserNamespaceSpec } from '../launch/spec.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { checkIdMap, ordinaryIdMaps, rootIdMaps, singleIdMaps } from './id-maps.ts';
import { hostIdMapFacts } from './id-maps-facts.ts';
import { invalid } from './invalid.ts';
import { joinedUserNamespace, networkContainer } from './join-network.ts';
import type { NamespaceOptions, RunOptions } from './options.ts';

/** @throws TcError INVALID_OPTION; CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING for the network of a container */
export function resolveNamespaces(options: RunOptions): NamespaceSpec {
  const { user, time, uts } = options.namespaces ?? {};
  const { network } = options;
  return {
    uts: uts !== 'host',
    net: network === undefined || network === 'none',
    cgroup: true,
    ...resolveJoined(network, user),
    time: time === undefined ? undefined : { offsets: offsets(time) },
  };
}

/** Root joins any network; an ordinary user only together with the user namespace that owns it. */
function resolveJoined(
  network: RunOptions['network'],
  user: NamespaceOptions['user'],
): Pick<NamespaceSpec, 'user' | 'joinNetwork'> {
  const container = networkContainer(network);
  if (container === undefined || process.geteuid?.() === 0) {
    return { user: resolveUser(user), joinNetwork: container !== undefined };
  }
  const joined = joinedUserNamespace(container, runtimeDirectory());
  if (joined === undefined) return { user: resolveUser(user), joinNetwork: false }; // it has the host's
  if (user === undefined || user === true) return { user: joined, joinNetwork: true };
  const hint = 'Leave namespaces.user (--userns) out: the container gets that of the other one.';
  invalid('an ordinary user needs the user namespace of the other container', `join ${network}`, hint);
}

/** An ordinary user can make the other namespaces only inside a user namespace of its own. */
function resolveUser(user: NamespaceOptions['user']): UserNamespaceSpec | undefined {
  const facts = hostIdMapFacts();
  const isRoot = facts.uid === 0;
  if (user === false || (user === undefined && isRoot)) return undefined;
  if (user === 'self') return singleIdMaps(facts);
  if (typeof user !== 'object') return isRoot ? rootIdMaps(facts) : ordinaryIdMaps(facts);
  const { uidMap, gidMap } = user;
  checkIdMap(uidMap);
  checkIdMap(gidMap);
  return { uidMap, gidMap, denySetgroups: !isRoot, mapper: 'supervisor', shiftMounts: false };
}

function offsets({
  monotonicSeconds = 0,
  boottimeSeconds = 0,
}: NonNullable<NamespaceOptions['time']>): string {
  for (const seconds of [monotonicSeconds, boottimeSeconds]) {
    if (Number.isSafeInteger(seconds)) continue;
    invalid(`${seconds} is not an offset`, 'set the clocks of the time namespace', 'Give whole seconds.');
  }
  return `monotonic ${monotonicSeconds} 0\nboottime ${boottimeSeconds} 0\n`;
}
