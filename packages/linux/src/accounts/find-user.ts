/** Which ids a user has by the accounts of a root file system: `user`, `uid`, `user:group`, `uid:gid`, and all between. Pure. */
import { TcError } from '../errors.ts';
import { shown } from '../shown.ts';
import { parseGroup, parseId, parsePasswd } from './account-files.ts';

export interface ResolvedUser {
  readonly uid: number;
  readonly gid: number;
  /** Where its account says that it is at home; undefined without an account. */
  readonly home: string | undefined;
  /** The groups that name its account as a member, each once; none where a group was asked for, as in Docker. */
  readonly groups: readonly number[];
}

/** The texts of /etc/passwd and /etc/group, read where they are needed; empty where they are not there. */
export interface AccountFiles {
  passwd(): string;
  group(): string;
}

/** @throws TcError USER_NOT_FOUND */
export function findUser(user: string, files: AccountFiles): ResolvedUser {
  const colon = user.indexOf(':');
  const [name, groupName] = colon === -1 ? [user, ''] : [user.slice(0, colon), user.slice(colon + 1)];
  const operation = `run as the user ${JSON.stringify(user)}`;
  const accounts = parsePasswd(files.passwd());
  const id = name === '' ? 0 : parseId(name);
  // A name that is a number is a name first, as in Docker.
  const account = accounts.find((each) => each.name === name) ?? accounts.find((each) => each.uid === id);
  const uid = account?.uid ?? id;
  if (uid === undefined)
    throw notFound(operation, `there is no user ${JSON.stringify(name)} in its /etc/passwd`);
  const home = account?.home;
  if (groupName !== '') return { uid, gid: gidOf(groupName, files, operation), home, groups: [] };
  const groups = account === undefined ? [] : parseGroup(files.group());
  const own = groups.filter(({ members }) => members.includes(account?.name ?? ''));
  return { uid, gid: account?.gid ?? 0, home, groups: [...new Set(own.map(({ gid }) => gid))] };
}

/** @param group a name or a number @throws TcError USER_NOT_FOUND */
export function findGroup(group: string, files: AccountFiles): number {
  return gidOf(group, files, `add the group ${JSON.stringify(group)}`);
}

function gidOf(name: string, files: AccountFiles, operation: string): number {
  const gid = parseGroup(files.group()).find((each) => each.name === name)?.gid ?? parseId(name);
  if (gid !== undefined) return gid;
  throw notFound(operation, `there is no group ${JSON.stringify(name)} in its /etc/group`);
}

function notFound(operation: string, problem: string): TcError {
  return new TcError(shown(problem), {
    code: 'USER_NOT_FOUND',
    operation: shown(operation),
    hint: 'Give numbers up to 2147483647, uid:gid, which need no account.',
  });
}
