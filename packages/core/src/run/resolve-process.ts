import { isAbsolute, posix } from 'node:path';
import { capabilityNames } from '@tc/linux';
import type { NamespaceSpec, ProcessSpec, RootfsSpec } from '../launch/spec.ts';
import { capabilityNumber, defaultCapabilities, maskedPaths, readonlyPaths } from '../security/defaults.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';
import { isMapped } from './resolve-namespaces.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @throws TcError INVALID_OPTION */
export function resolveProcess(
  command: readonly string[],
  options: RunOptions,
  {
    rootfs,
    namespaces,
    hostname,
  }: { rootfs: RootfsSpec; namespaces: NamespaceSpec; hostname: string | undefined },
): ProcessSpec {
  if (command.length === 0 || command[0] === '') {
    invalid('the command is empty', 'run a container', 'Name the program to run.');
  }
  const { uid, gid } = parseUser(options.user ?? 0);
  checkMapped(uid, gid, namespaces);
  return {
    argv: command,
    env: environment(options.env ?? {}, uid, hostname),
    cwd: workingDirectory(options.cwd ?? '/'),
    uid,
    gid,
    additionalGids: [],
    umask: checkUmask(options.umask ?? 0o022),
    capabilities: resolveCapabilities(options, rootfs),
    maskedPaths,
    readonlyPaths,
  };
}

/**
 * `uid` or `uid:gid`, at most 2^31 - 1: a greater one wraps to another user in some call or other
 * (CVE-2024-40635).
 */
function parseUser(user: string | number): { uid: number; gid: number } {
  const match = /^(0|[1-9]\d{0,9})(?::(0|[1-9]\d{0,9}))?$/.exec(String(user));
  const [uid, gid] = [Number(match?.[1]), Number(match?.[2] ?? 0)];
  if (match === null || uid > 0x7fffffff || gid > 0x7fffffff) {
    const hint = 'Give uid or uid:gid as numbers up to 2147483647.';
    invalid(`${JSON.stringify(user)} is not a user`, 'set the user', hint);
  }
  return { uid, gid };
}

function checkMapped(uid: number, gid: number, { user }: NamespaceSpec): void {
  if (user === undefined || (isMapped(uid, user.uidMap) && isMapped(gid, user.gidMap))) return;
  const hint = `The user namespace maps the uids ${user.uidMap} and the gids ${user.gidMap} (inside, outside, how many).`;
  invalid(`${uid}:${gid} is not mapped`, 'set the user', hint);
}

function workingDirectory(cwd: string): string {
  if (isAbsolute(cwd)) return posix.normalize(cwd);
  invalid(
    `${JSON.stringify(cwd)} is not absolute`,
    'set the working directory',
    'Give a path that starts with /.',
  );
}

function checkUmask(umask: number): number {
  if (Number.isInteger(umask) && umask >= 0 && umask <= 0o777) return umask;
  invalid(`${umask} is not a umask`, 'set the umask', 'Give a number from 0 to 0o777.');
}

/** Each once: they become bits of a mask. */
function resolveCapabilities(options: RunOptions, rootfs: RootfsSpec): number[] {
  const names = [...new Set(options.capabilities ?? defaultCapabilities)];
  for (const name of names) {
    if (capabilityNames.includes(name)) continue;
    const problem = `${JSON.stringify(name)} is not a capability`;
    invalid(problem, 'set the capabilities', 'Names are as in capabilities(7).');
  }
  const allowed = names.filter((name) => rootfs.enter === 'pivot_root' || name !== 'CAP_SYS_CHROOT');
  return allowed.map(capabilityNumber);
}

function environment(
  env: NonNullable<RunOptions['env']>,
  uid: number,
  hostname: string | undefined,
): string[] {
  const defaults = { PATH: defaultPath, HOME: uid === 0 ? '/root' : '/', HOSTNAME: hostname };
  return Object.entries({ ...defaults, ...env })
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => {
      if (key === '' || key.includes('=')) {
        invalid(`${JSON.stringify(key)} is not a variable`, 'set the environment', 'Names have no "=".');
      }
      return `${key}=${value}`;
    });
}
