import type { NamespaceSpec, UserNamespaceSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';
import type { NamespaceOptions, RunOptions } from './options.ts';

/** @throws TcError INVALID_OPTION */
export function resolveNamespaces(options: RunOptions): NamespaceSpec {
  const { user, time, uts } = options.namespaces ?? {};
  return {
    uts: uts !== 'host',
    net: options.network !== 'host',
    cgroup: true,
    user: resolveUser(user),
    time: time === undefined ? undefined : { offsets: offsets(time) },
  };
}

/** An ordinary user can make the other namespaces only inside a user namespace of its own. */
function resolveUser(user: NamespaceOptions['user']): UserNamespaceSpec | undefined {
  const uid = process.geteuid?.() ?? 0;
  if (user === false || (user === undefined && uid === 0)) return undefined;
  const single = { uidMap: `0 ${uid} 1`, gidMap: `0 ${process.getegid?.() ?? 0} 1` };
  const maps = typeof user === 'object' ? user : single;
  for (const map of [maps.uidMap, maps.gidMap]) {
    if (
      map
        .trimEnd()
        .split('\n')
        .every((line) => /^\s*\d{1,10}\s+\d{1,10}\s+\d{1,10}\s*$/.test(line))
    )
      continue;
    const hint = 'Each line has three numbers: the first id inside, the first outside, how many.';
    invalid(`${JSON.stringify(map)} is not an id map`, 'map the ids of the user namespace', hint);
  }
  return { uidMap: maps.uidMap, gidMap: maps.gidMap, denySetgroups: uid !== 0 };
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

/** Whether an id inside is some id outside. */
export function isMapped(id: number, map: string): boolean {
  const lines = map.trim().split('\n');
  return lines.some((line) => {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}
