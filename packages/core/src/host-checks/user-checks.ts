/** User namespaces: for an ordinary user they are what everything else stands on. */
import { subordinateIds } from '../run/id-maps.ts';
import { degraded, type HostCheck, type HostFacts, missing, ok } from './host-check.ts';

const settings = [
  {
    path: '/proc/sys/kernel/unprivileged_userns_clone',
    name: 'kernel.unprivileged_userns_clone',
    off: '0',
    on: '1',
  },
  {
    path: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
    name: 'kernel.apparmor_restrict_unprivileged_userns',
    off: '1',
    on: '0',
  },
] as const;

export function userNamespaces({ uid, read, exists }: HostFacts): HostCheck {
  const name = 'user namespaces';
  const cannot = uid === 0 ? degraded : missing;
  if (!exists('/proc/self/ns/user')) return cannot(name, 'none', 'A kernel with CONFIG_USER_NS.');
  const most = Number(read('/proc/sys/user/max_user_namespaces') ?? 0);
  if (most === 0) return cannot(name, 'at most 0', 'sysctl user.max_user_namespaces=10000');
  for (const { path, name: setting, off, on } of settings) {
    if (read(path)?.trim() !== off || uid === 0) continue;
    return missing(name, `${setting} is ${off}`, `sudo sysctl ${setting}=${on}`);
  }
  return ok(name, `at most ${most}`);
}

/** More than one id inside: what a start would find. Root writes its maps itself. */
export function idMaps(facts: HostFacts): HostCheck {
  if (facts.uid === 0) return ok('ids', 'root maps any');
  const ids = subordinateIds(facts);
  if ('missing' in ids) return degraded('ids', `only root inside: ${ids.missing}`, ids.hint);
  return ok('ids', 'newuidmap and /etc/subuid');
}
