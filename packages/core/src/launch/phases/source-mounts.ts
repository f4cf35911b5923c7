/**
 * What of the host becomes a mount of the container: the layers of its root, the directory of its upper layer, bind
 * mounts. Usually the container copies these mounts itself, so that it gets no more than it may see.
 *
 * Where its ids are shifted, the supervisor copies them before the clone, the container inherits the copies, and as
 * soon as there are a user namespace and its map, the supervisor makes them id-mapped: only a mount that is attached
 * nowhere can become that, and only with CAP_SYS_ADMIN in the namespace that its file system was mounted in
 * (mount_setattr(2), Linux 5.12). A file of uid 0 on the disk then belongs to uid 0 of the container.
 */
import { atFlags, mountFlags } from '@tc/linux';
import type { CallOptions, Diagnoses } from '../builder.ts';
import { address, at, cell, flags, load, number, string, words } from '../data.ts';
import type { Diagnosis, Place } from '../program.ts';
import type { LaunchSpec } from '../spec.ts';
import type { Context } from './context.ts';
import { cloneMount, lockedMounts, notSearchable } from './mount-calls.ts';

export interface Source {
  readonly path: string;
  /** Whether what is mounted below it comes along. */
  readonly recursive: boolean;
  readonly about: CallOptions;
  readonly mount: Place;
}

/** Where each is used. */
export interface Sources {
  readonly layers: readonly [Source, ...Source[]];
  /** The directory with `upper` and `work` of an overlay. */
  readonly upper: Source | undefined;
  /** One for each of the spec's mounts; undefined for those that come from nowhere. */
  readonly mounts: readonly (Source | undefined)[];
}

export function createSources({ rootfs, mounts }: LaunchSpec): Sources {
  const isOverlay = rootfs.mode === 'overlay' || rootfs.mode === 'overlay-ro';
  const missing: Diagnosis = {
    code: 'ROOTFS_NOT_FOUND',
    hint: 'Give the directory of a root file system, or an image.',
  };
  const layer = (path: string): Source => ({
    path,
    recursive: !isOverlay,
    about: {
      what: `open the root file system ${path}`,
      why: 'a copy of the mount, so that its flags can be its own',
      diagnose: { ENOENT: missing, EACCES: notSearchable, ...(isOverlay ? { EINVAL: lockedMounts } : {}) },
    },
    mount: cell('root_fd'),
  });
  const [first, ...others] = rootfs.layers;
  return {
    layers: [layer(first), ...others.map(layer)],
    upper: rootfs.upper === undefined ? undefined : upperSource(rootfs.upper),
    mounts: mounts.map((mount) => {
      if (mount.type !== 'bind') return undefined;
      const { source, recursive } = mount;
      const diagnose: Diagnoses = {
        ENOENT: { code: 'MOUNT_SOURCE_NOT_FOUND', hint: 'A bind mount needs a source that exists.' },
        EACCES: notSearchable,
        ...(recursive ? {} : { EINVAL: lockedMounts }),
      };
      const about = { what: `open the mount source ${source}`, diagnose };
      return { path: source, recursive, about, mount: cell('source_fd') };
    }),
  };
}

function upperSource(path: string): Source {
  const diagnose: Diagnoses = {
    ENOENT: { code: 'UPPER_NOT_FOUND', hint: 'The directory of an upper layer must exist.' },
    EACCES: notSearchable,
  };
  const about = { what: `open the upper layer ${path}`, diagnose };
  return { path, recursive: false, about, mount: cell('upper_fd') };
}

/** The container's part. @returns the copy of the mount, attached nowhere. */
export function openSource(c: Context, source: Source): Place {
  return isShifted(c) ? source.mount : copy(c, source);
}

function copy({ p }: Context, { path, recursive, about, mount }: Source): Place {
  return cloneMount(p, { path, recursive }, { ...about, result: mount });
}

function isShifted({ spec }: Context): boolean {
  return spec.namespaces.user?.shiftMounts === true;
}

function allOf({ sources: { layers, upper, mounts } }: Context): Source[] {
  return [...layers, upper, ...mounts].filter((source) => source !== undefined);
}

/** The supervisor's part before the clone. */
export function openShiftedSources(c: Context): void {
  if (!isShifted(c)) return;
  c.p.group('file system');
  for (const source of allOf(c)) copy(c, source);
}

/**
 * The supervisor's part when the container's ids are mapped. The mounts leave their peer groups too: as everywhere in a
 * user namespace, what is mounted inside never shows up outside (mount_namespaces(7)).
 */
export function shiftSources(c: Context, namespace: Place): void {
  const { p } = c;
  p.group('file system');
  for (const { path, recursive, mount } of allOf(c)) {
    const set = flags(mountFlags, 'MOUNT_ATTR_IDMAP');
    const fields = [set, number(0), flags(mountFlags, 'MS_SLAVE'), number(0)];
    const attributes = words(fields, '{attr_set=MOUNT_ATTR_IDMAP, propagation=MS_SLAVE, userns_fd}');
    p.set(at(attributes, 24), load(namespace));
    const where = flags(atFlags, 'AT_EMPTY_PATH', ...(recursive ? (['AT_RECURSIVE'] as const) : []));
    p.call('mount_setattr', [load(mount), string(''), where, address(attributes), attributes.size], {
      what: `shift the owners of ${path} into the user namespace`,
      why: 'root inside owns what root owns on the disk, and is still nobody on the host',
      diagnose: {
        EINVAL: { code: 'ID_MAPPED_MOUNT_UNSUPPORTED', hint: unsupported },
        EPERM: { code: 'ID_MAPPED_MOUNT_UNSUPPORTED', hint: notAllowed },
      },
    });
    p.call('close', [load(mount)], { what: `leave ${path} to the container` });
  }
  p.call('close', [load(namespace)], { what: 'close the user namespace' });
  p.group('namespaces');
}

const unsupported =
  'Its file system, or one mounted below it, can’t be id-mapped: ext4, xfs and btrfs can, tmpfs since Linux 6.3, overlay, NFS and FUSE can’t. Choose another directory, leave submounts out (recursive: false), or use --userns self.';
const notAllowed =
  'It is id-mapped already, or this root is one of a user namespace itself: use --userns self, or none.';
