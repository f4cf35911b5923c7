/** Names of systemd's units, and which cgroup is whose: systemd.slice(5), systemd.unit(5). Pure. */
import { posix } from 'node:path';
import { refuse, unsupported } from '../json.ts';

export interface ScopeName {
  /** `libpod-1.scope` */
  readonly unit: string;
  /** `machine.slice` */
  readonly slice: string;
}

const at = 'linux.cgroupsPath';
const form = 'SLICE:PREFIX:NAME, as in system.slice:libpod:1';
const unitCharacters = /^[\w:.\\@-]+$/;
/** UNIT_NAME_MAX of systemd's unit-name.h counts the NUL. */
const unitNameLimit = 255;

/**
 * @param given linux.cgroupsPath: `SLICE:PREFIX:NAME`
 * @param standard the slice where it names none
 * @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD
 */
export function scopeName(given: string | undefined, id: string, standard: string): ScopeName {
  const parts = (given ?? `:tc-runtime:${id}`).split(':');
  if (parts.length !== 3) return refuse(at, `has to be ${form}, for the systemd cgroup driver`);
  const [slice, prefix, name] = parts as [string, string, string];
  if (name.endsWith('.slice')) return unsupported(at, 'names a slice: a container is a scope');
  const unit = `${prefix === '' ? '' : `${prefix}-`}${name}.scope`;
  if (name === '' || unit.length > unitNameLimit || !unitCharacters.test(unit))
    return refuse(at, `gives ${JSON.stringify(unit)}, which is no name of a unit`);
  return { unit, slice: slice === '' ? standard : slice };
}

/**
 * The path below the manager's own cgroup: `a-b.slice` is /a.slice/a-b.slice, and `-.slice` is the manager's.
 * @throws TcError INVALID_BUNDLE
 */
export function slicePath(slice: string): string {
  if (slice === '-.slice') return '/';
  const parts = slice.replace(/\.slice$/, '').split('-');
  if (
    !slice.endsWith('.slice') ||
    !unitCharacters.test(slice) ||
    slice.length > unitNameLimit ||
    parts.includes('')
  )
    return refuse(at, `names ${JSON.stringify(slice)}, which is no slice`);
  return posix.join('/', ...parts.map((_, index) => `${parts.slice(0, index + 1).join('-')}.slice`));
}
