import { ParseError } from '../errors.ts';
import { parseUint, splitLines } from './scan.ts';

/** A process's place in one hierarchy: one line of /proc/PID/cgroup, cgroups(7). */
export interface CgroupMembership {
  /** 0 is the v2 hierarchy. */
  hierarchy: number;
  /** The v1 controllers of the hierarchy; none for v2 and for a named hierarchy. */
  controllers: string[];
  /** The name of a v1 hierarchy mounted with `-o name=NAME`: `systemd`. */
  name?: string;
  /**
   * Relative to the reader's cgroup namespace, so `/../other` is possible. The kernel appends
   * ` (deleted)` for a v2 cgroup that was removed, and nothing tells that from a directory of that name.
   */
  path: string;
}

const FORMAT = '/proc/PID/cgroup';
const NAME = 'name=';

function parseLine(line: string): CgroupMembership {
  // The path comes last because it may contain colons; a cgroup's name cannot contain a newline.
  const match = /^([^:]*):([^:]*):(\/.*)$/.exec(line);
  if (match === null) throw new ParseError(FORMAT, 'not hierarchy:controllers:/path', line);
  const [, hierarchy = '', list = '', path = ''] = match;
  const items = list === '' ? [] : list.split(',');
  const membership: CgroupMembership = {
    hierarchy: parseUint(FORMAT, hierarchy),
    controllers: items.filter((item) => !item.startsWith(NAME)),
    path,
  };
  if (membership.controllers.includes('')) throw new ParseError(FORMAT, 'a controller without a name', line);
  const name = items.find((item) => item.startsWith(NAME));
  if (name !== undefined) membership.name = name.slice(NAME.length);
  return membership;
}

/** Parses /proc/PID/cgroup, cgroups(7), in the kernel's order: newest v1 hierarchy first, v2 last. */
export function parseProcPidCgroup(text: string): CgroupMembership[] {
  return splitLines(text).map(parseLine);
}
