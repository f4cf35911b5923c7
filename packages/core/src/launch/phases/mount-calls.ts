/**
 * The few forms in which the phases use the mount calls. All work on file descriptors, so that no path is looked
 * up twice and none through a link that the image put there: fsopen(2), open_tree(2), move_mount(2), openat2(2).
 */
import { atFlags, type Constants, mountFlags, openFlags, resolveFlags } from '@tc/linux';
import type { CallOptions, ProgramBuilder } from '../builder.ts';
import { address, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Operand, Place } from '../program.ts';

export type MountAttribute = Extract<keyof typeof mountFlags, `MOUNT_ATTR_${string}`>;
export const noSetuid: MountAttribute = 'MOUNT_ATTR_NOSUID';
export const noDevices: MountAttribute = 'MOUNT_ATTR_NODEV';
export const noPrograms: MountAttribute = 'MOUNT_ATTR_NOEXEC';
export const readOnly: MountAttribute = 'MOUNT_ATTR_RDONLY';
export const kernelOnly = [noSetuid, noDevices, noPrograms];

type ResolveFlag = keyof typeof resolveFlags;
type OpenFlag = keyof typeof openFlags;

export const cwd = flags(atFlags, 'AT_FDCWD');
const empty = string('');

/** In a user namespace even root inside needs the permission of the host's user that it is. */
export const notSearchable = {
  hint: 'The user that runs the container may not search a directory above it: chmod o+x.',
};

/** A mount of a new file system that is not attached anywhere yet. @returns its descriptor */
export function newMount(
  p: ProgramBuilder,
  type: string,
  options: Readonly<Record<string, string>>,
  attributes: readonly MountAttribute[],
  about: CallOptions,
): Place {
  const context = cell('fs');
  const mount = cell(`${type}_fd`);
  p.call('fsopen', [string(type), flags(mountFlags, 'FSOPEN_CLOEXEC')], { ...about, result: context });
  for (const [key, value] of Object.entries(options)) {
    const command = value === '' ? 'FSCONFIG_SET_FLAG' : 'FSCONFIG_SET_STRING';
    const argument = value === '' ? NULL : string(value);
    p.call('fsconfig', [load(context), flags(mountFlags, command), string(key), argument, 0], {
      what: `give ${type} the option ${value === '' ? key : `${key}=${value}`}`,
      ...(about.diagnose === undefined ? {} : { diagnose: about.diagnose }),
    });
  }
  p.call('fsconfig', [load(context), flags(mountFlags, 'FSCONFIG_CMD_CREATE'), NULL, NULL, 0], {
    ...about,
    why: '',
  });
  p.call('fsmount', [load(context), flags(mountFlags, 'FSMOUNT_CLOEXEC'), flags(mountFlags, ...attributes)], {
    ...about,
    why: '',
    result: mount,
  });
  return mount;
}

/** Mounts may hide what lies below them; a user namespace may not look there: mount_namespaces(7). */
export const lockedMounts = {
  hint: 'Something is mounted below it, or it is unbindable. In a user namespace that can’t be left out.',
};

/** A copy of what is mounted at a path (or, with an empty path, at a descriptor), not attached yet. */
export function cloneMount(
  p: ProgramBuilder,
  from: { directory?: Operand; path?: string; recursive?: boolean },
  about: CallOptions,
): Place {
  const mount = about.result ?? cell('mount_fd');
  const names: (keyof typeof mountFlags)[] = ['OPEN_TREE_CLONE', 'OPEN_TREE_CLOEXEC'];
  if (from.path === undefined) names.push('AT_EMPTY_PATH');
  if (from.recursive) names.push('AT_RECURSIVE');
  p.call('open_tree', [from.directory ?? cwd, string(from.path ?? ''), flags(mountFlags, ...names)], {
    ...about,
    result: mount,
  });
  return mount;
}

/** `keep`: what was cloned of a shared mount stays its peer. */
type Propagation = 'MS_PRIVATE' | 'MS_SLAVE' | 'keep';

/** Sets attributes on a mount that is held by a descriptor; recursive ones reach the mounts below it too. */
export function setAttributes(
  p: ProgramBuilder,
  mount: Place,
  attributes: readonly MountAttribute[],
  options: { recursive?: boolean; propagation?: Propagation; what: string; why?: string },
): void {
  const at: (keyof typeof atFlags)[] = options.recursive
    ? ['AT_EMPTY_PATH', 'AT_RECURSIVE']
    : ['AT_EMPTY_PATH'];
  const name = options.propagation ?? 'MS_PRIVATE';
  const propagation = name === 'keep' ? number(0) : flags(mountFlags, name);
  const set = flags(mountFlags, ...attributes);
  const text = `{attr_set=${attributes.join('|')}${name === 'MS_SLAVE' ? `, propagation=${name}` : ''}}`;
  const attr = words([set, number(0), propagation, number(0)], text);
  p.call('mount_setattr', [load(mount), empty, flags(atFlags, ...at), address(attr), attr.size], {
    what: options.what,
    why: options.why ?? '',
  });
}

/** The working directory itself: unlike ".", it is not looked up, so it need not be searchable by the caller. */
export const workingDirectory = '';

/** Attaches a mount onto a descriptor, or onto a path when the path can't be anyone else's. */
export function attach(p: ProgramBuilder, mount: Place, onto: Place | string, about: CallOptions): void {
  const byPath = typeof onto === 'string' && onto !== workingDirectory;
  const names: (keyof typeof mountFlags)[] = ['MOVE_MOUNT_F_EMPTY_PATH'];
  if (!byPath) names.push('MOVE_MOUNT_T_EMPTY_PATH');
  const target = typeof onto === 'string' ? [cwd, string(onto)] : [load(onto), empty];
  p.call('move_mount', [load(mount), empty, ...target, flags(mountFlags, ...names)], about);
}

/** openat2(2) with a path that is resolved under the given restrictions. */
export function openPath(
  p: ProgramBuilder,
  directory: Operand,
  path: string,
  how: { open: readonly OpenFlag[]; resolve: readonly ResolveFlag[] },
  about: CallOptions,
): Place {
  const fd = about.result ?? cell('target_fd');
  const open = flags(openFlags, 'O_PATH', 'O_CLOEXEC', ...how.open);
  const resolve = flags(resolveFlags as Constants, ...how.resolve);
  const text = `{flags=${['O_PATH', 'O_CLOEXEC', ...how.open].join('|')}, resolve=${how.resolve.join('|')}}`;
  const openHow = words([open, number(0), resolve], text);
  p.call('openat2', [directory, string(path), address(openHow), openHow.size], { ...about, result: fd });
  return fd;
}
