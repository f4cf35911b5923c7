/** Who a process of a container is: its user, its group and its additional groups, by name or number. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type AccountFiles, accountsOfLayers, findGroup, findUser, TcError } from '@tc/linux';
import type { ProcessSpec, RootfsSpec, UserNamespaceSpec } from '../launch/spec.ts';
import { checkMapped, isMapped } from './id-maps.ts';
import { invalid } from './invalid.ts';
import type { NamespaceOptions, RunOptions } from './options.ts';

export interface Ids extends Pick<ProcessSpec, 'uid' | 'gid' | 'additionalGids'> {
  readonly home: string;
}

/** NGROUPS_MAX: setgroups(2). */
const maxGroups = 65_536;

/** The accounts of a root file system as the container will see them, but for what is mounted on them. */
export function accountsOfRootfs({ layers, upper }: Pick<RootfsSpec, 'layers' | 'upper'>): AccountFiles {
  const written = upper === undefined ? undefined : join(upper, 'upper');
  return accountsOfLayers(written !== undefined && existsSync(written) ? [written, ...layers] : layers);
}

/**
 * Without a user it is root, in no other group, whatever the accounts say.
 * @param asked the option, for an error
 * @throws TcError USER_NOT_FOUND, SETGROUPS_DENIED, INVALID_OPTION, SUBORDINATE_IDS_MISSING
 */
export function resolveIds(
  { user, groups = [] }: Pick<RunOptions, 'user' | 'groups'>,
  files: AccountFiles,
  namespace: UserNamespaceSpec | undefined,
  asked: NamespaceOptions['user'],
): Ids {
  const found =
    user === undefined ? { uid: 0, gid: 0, home: undefined, groups: [] } : findUser(checkUser(user), files);
  checkMapped(found, namespace, asked);
  const added = addedGroups(groups, files, namespace, asked);
  // What the image's accounts add is left out where it can't be had: fewer groups open no more files.
  const own = namespace?.denySetgroups ? [] : found.groups.filter((gid) => isGroupMapped(gid, namespace));
  const additionalGids = [...new Set([...own, ...added])];
  if (additionalGids.length > maxGroups) {
    invalid(
      `${additionalGids.length} groups are too many`,
      'set the groups',
      `The kernel takes ${maxGroups}.`,
    );
  }
  const home = found.home?.startsWith('/') && !found.home.includes('\0') ? found.home : homeOf(found.uid);
  return { uid: found.uid, gid: found.gid, additionalGids, home };
}

/** Half a user, as an empty variable of the caller's makes it, is none: Docker would take it for root. */
function checkUser(user: string | number): string {
  const text = String(user);
  if (text !== '' && !text.startsWith(':') && !text.endsWith(':')) return text;
  return invalid(`${JSON.stringify(text)} is not a user`, 'set the user', 'Give USER or USER:GROUP.');
}

/** Groups that were asked for by `groups`. @throws TcError */
export function addedGroups(
  groups: NonNullable<RunOptions['groups']>,
  files: AccountFiles,
  namespace: UserNamespaceSpec | undefined,
  asked: NamespaceOptions['user'],
): number[] {
  if (groups.length > 0 && namespace?.denySetgroups) {
    throw new TcError('this user namespace has no additional groups', {
      code: 'SETGROUPS_DENIED',
      operation: 'set the groups',
      hint: 'An ordinary user gets them with ids in /etc/subuid and /etc/subgid and newuidmap: tctl doctor.',
    });
  }
  return groups.map((group) => {
    const gid = findGroup(String(group), files);
    checkMapped({ uid: 0, gid }, namespace, asked);
    return gid;
  });
}

function isGroupMapped(gid: number, namespace: UserNamespaceSpec | undefined): boolean {
  return namespace === undefined || isMapped(gid, namespace.gidMap);
}

function homeOf(uid: number): string {
  return uid === 0 ? '/root' : '/';
}
