import { ParseError } from '../errors.ts';
import { parseUint, splitLines } from './scan.ts';

/** One controller of /proc/cgroups, cgroups(7). */
export interface ProcCgroup {
  /** The v1 name: `blkio` where v2 says `io`. */
  name: string;
  /** The v1 hierarchy that it is mounted on; 0 when on none, which is also what v2 looks like. */
  hierarchy: number;
  numCgroups: number;
  /** False with `cgroup_disable=NAME` on the kernel's command line. */
  enabled: boolean;
}

const FORMAT = '/proc/cgroups';
const COLUMNS = ['#subsys_name', 'hierarchy', 'num_cgroups', 'enabled'];

function parseLine(line: string): ProcCgroup {
  const [name = '', hierarchy = '', numCgroups = '', enabled = ''] = line.split('\t');
  if (name === '') throw new ParseError(FORMAT, 'no controller name', line);
  if (enabled !== '0' && enabled !== '1') throw new ParseError(FORMAT, 'enabled is neither 0 nor 1', line);
  return {
    name,
    hierarchy: parseUint(FORMAT, hierarchy),
    numCgroups: parseUint(FORMAT, numCgroups),
    enabled: enabled === '1',
  };
}

/**
 * Parses /proc/cgroups, cgroups(7). New kernels leave out controllers built without their v1 half, so it
 * does not tell what v2 offers: cgroup.controllers does.
 */
export function parseProcCgroups(text: string): ProcCgroup[] {
  const [header = '', ...lines] = splitLines(text);
  const columns = header.split('\t');
  if (COLUMNS.some((column, index) => columns[index] !== column)) {
    throw new ParseError(FORMAT, 'unknown columns', header);
  }
  return lines.map(parseLine);
}
