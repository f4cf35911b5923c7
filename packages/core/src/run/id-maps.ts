/** Which ids of the host the ids of a user namespace are: user_namespaces(7). */
import { TcError } from '@tc/linux';
import type { UserNamespaceSpec } from '../launch/spec.ts';
import { hostIdMapFacts, type IdMapFacts } from './id-maps-facts.ts';
import { invalid } from './invalid.ts';
import type { NamespaceOptions } from './options.ts';
import {
  allSubordinateRanges,
  BLOCK_SIZE,
  freeBlock,
  type IdRange,
  overlaps,
  subordinateRanges,
} from './subordinate-ids.ts';
import { accountOf, parseAccounts } from './subordinate-ids-accounts.ts';

const operation = 'map the ids of the user namespace';

/** The caller alone, as root. Any user may write this map; the kernel wants setgroups(2) given up for it. */
export function singleIdMaps({ uid, gid }: IdMapFacts): UserNamespaceSpec {
  return {
    uidMap: `0 ${uid} 1`,
    gidMap: `0 ${gid} 1`,
    denySetgroups: uid !== 0,
    mapper: 'supervisor',
    shiftMounts: false,
  };
}

/** An ordinary user: itself as root, and as the rest its ranges where there are any. */
export function ordinaryIdMaps(facts: IdMapFacts): UserNamespaceSpec {
  const ranges = subordinateIds(facts);
  if ('missing' in ranges) return singleIdMaps(facts);
  const { uid, gid } = facts;
  return {
    uidMap: formatMap([{ first: uid, count: 1 }, ...ranges.uids]),
    gidMap: formatMap([{ first: gid, count: 1 }, ...ranges.gids]),
    denySetgroups: false,
    mapper: 'newuidmap',
    shiftMounts: false,
  };
}

/** In whose name /etc/subuid may lend ids to the containers of root: containers-storage's, and Docker's. */
const ownersOfRoot = [['root', '0'], ['containers'], ['dockremap']];

/**
 * The containers of root: what /etc/subuid gives root, else the first block of 65536 ids from 100000 on with which no
 * user, group or range on this host has to do. Not to have a block to itself would be dangerous: whoever has the same
 * ids may signal and trace the container's processes. Users that a directory service adds are not seen here; give
 * root a range where there are such.
 * @throws TcError SUBORDINATE_IDS_MISSING
 */
export function rootIdMaps(facts: IdMapFacts): UserNamespaceSpec {
  const [uids, gids] = [rangesOfRoot('subuid', facts), rangesOfRoot('subgid', facts)];
  const block = uids === undefined || gids === undefined ? freeBlockOf(facts) : undefined;
  return {
    uidMap: formatMap(uids ?? [block ?? noBlock()]),
    gidMap: formatMap(gids ?? [block ?? noBlock()]),
    denySetgroups: false,
    mapper: 'supervisor',
    shiftMounts: true,
  };
}

function rangesOfRoot(file: 'subuid' | 'subgid', facts: IdMapFacts): IdRange[] | undefined {
  const text = facts.read(`/etc/${file}`) ?? '';
  return ownersOfRoot.map((owners) => subordinateRanges(text, owners)).find(({ length }) => length > 0);
}

function freeBlockOf({ read }: IdMapFacts): IdRange | undefined {
  const texts = (...names: string[]) => names.map((name) => read(`/etc/${name}`) ?? '');
  const accounts = texts('passwd', 'group').flatMap(parseAccounts);
  const ranges = texts('subuid', 'subgid').flatMap(allSubordinateRanges);
  return freeBlock([...accounts.map(({ id }) => ({ first: id, count: 1 })), ...ranges]);
}

function noBlock(): never {
  throw new TcError('no 65536 ids in a row are free', {
    code: 'SUBORDINATE_IDS_MISSING',
    operation,
    hint: 'Give root a range in /etc/subuid and /etc/subgid.',
  });
}

/** Why an ordinary user has no more ids than its own. */
export interface Missing {
  readonly missing: string;
  readonly hint: string;
}

/** The ranges of the calling user, where newuidmap(1) can map them. */
export function subordinateIds(facts: IdMapFacts): { uids: IdRange[]; gids: IdRange[] } | Missing {
  const { uid, gid, read } = facts;
  const account = accountOf(read('/etc/passwd') ?? '', uid);
  const owners = account === undefined ? [String(uid)] : [account.name, String(uid)];
  const own = (id: number, ranges: IdRange[]) =>
    ranges.filter((range) => !overlaps(range, { first: id, count: 1 }));
  const uids = own(uid, subordinateRanges(read('/etc/subuid') ?? '', owners));
  const gids = own(gid, subordinateRanges(read('/etc/subgid') ?? '', owners));
  if (uids.length === 0 || gids.length === 0) {
    const { first, count } = freeBlockOf(facts) ?? { first: 100_000, count: BLOCK_SIZE };
    const range = `${first}-${first + count - 1}`;
    const user = account?.name ?? 'USER';
    return {
      missing: `/etc/subuid and /etc/subgid lend no ids to ${account?.name ?? `uid ${uid}`}`,
      hint: `As root: usermod --add-subuids ${range} --add-subgids ${range} ${user}.`,
    };
  }
  if (facts.helpers() === undefined) {
    const hint = 'As root: apt install uidmap (shadow-utils on other distributions).';
    return { missing: 'newuidmap and newgidmap are not installed', hint };
  }
  // newuidmap(1) refuses a caller whose group is not the one that passwd(5) gives it.
  if (account?.gid !== undefined && account.gid !== gid) {
    const hint = 'newuidmap works only where the process has the user’s own group: newgrp - changes to it.';
    return { missing: `this process has the group ${gid} and not ${account.gid}`, hint };
  }
  // prctl(2): execve(2) gives no privilege then, not even to setuid programs.
  if (/^NoNewPrivs:\t1$/m.test(read('/proc/self/status') ?? '')) {
    const hint = 'Start it without no_new_privs (systemd: NoNewPrivileges=no).';
    return { missing: 'newuidmap can’t work in a process with no_new_privs', hint };
  }
  return { uids, gids };
}

/** The kernel takes 340 lines, and less than a page of text. */
const MAX_LINES = 64;

/** Inside, the ranges follow each other from 0 on. */
function formatMap(ranges: readonly IdRange[]): string {
  const lines: string[] = [];
  let inside = 0;
  for (const { first, count } of ranges.slice(0, MAX_LINES)) {
    if (inside + count >= 2 ** 32) break;
    lines.push(`${inside} ${first} ${count}`);
    inside += count;
  }
  return lines.join('\n');
}

/** @throws TcError INVALID_OPTION */
export function checkIdMap(map: string): void {
  const lines = map.trimEnd().split('\n');
  if (lines.every((line) => /^\s*\d{1,10}\s+\d{1,10}\s+\d{1,10}\s*$/.test(line))) return;
  const hint = 'Each line has three numbers: the first id inside, the first outside, how many.';
  invalid(`${JSON.stringify(map)} is not an id map`, operation, hint);
}

/** Whether an id inside is some id outside. */
export function isMapped(id: number, map: string): boolean {
  const lines = map.trim().split('\n');
  return lines.some((line) => {
    const [first = 0, , count = 0] = line.trim().split(/\s+/).map(Number);
    return id >= first && id < first + count;
  });
}

/**
 * That a container's user has a number outside.
 * @throws TcError INVALID_OPTION, or SUBORDINATE_IDS_MISSING where /etc/subuid or newuidmap(1) would help
 */
export function checkMapped(
  { uid, gid }: { uid: number; gid: number },
  user: UserNamespaceSpec | undefined,
  asked: NamespaceOptions['user'],
  facts = hostIdMapFacts(),
): void {
  if (user === undefined || (isMapped(uid, user.uidMap) && isMapped(gid, user.gidMap))) return;
  const problem = `${uid}:${gid} is not mapped`;
  const ids =
    facts.uid === 0 || asked === 'self' || typeof asked === 'object' ? undefined : subordinateIds(facts);
  if (ids !== undefined && 'missing' in ids) {
    throw new TcError(`${problem}: ${ids.missing}`, {
      code: 'SUBORDINATE_IDS_MISSING',
      operation: 'set the user',
      hint: ids.hint,
    });
  }
  const hint = `The user namespace maps the uids ${user.uidMap} and the gids ${user.gidMap} (inside, outside, how many).`;
  invalid(problem, 'set the user', hint);
}
