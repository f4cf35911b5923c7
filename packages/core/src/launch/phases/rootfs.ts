/** The container's root: where it comes from, what it may do to it, and how the old root goes away. */
import { miscConstants, mountFlags, openFlags } from '@tc/linux';
import type { Diagnoses } from '../builder.ts';
import { cell, flags, load, NULL, number, string } from '../data.ts';
import { layerName } from '../layers.ts';
import type { Diagnosis, Place } from '../program.ts';
import type { RootfsSpec } from '../spec.ts';
import type { Context } from './context.ts';
import {
  attach,
  cwd,
  newMount,
  noDevices,
  readOnly,
  setAttributes,
  workingDirectory,
} from './mount-calls.ts';
import { openSource } from './source-mounts.ts';

/**
 * One tmpfs that holds all small writable parts: /dev, /dev/shm, /tmp, the overlay's upper directory. Each is
 * bound from a directory of it with its own mount flags: one file system instead of five halves the set-up time,
 * and all of it is charged to the container's memory limit.
 */
export function makeWorkspace(c: Context): void {
  const { p } = c;
  p.group('file system');
  p.call('umask', [0], { what: 'clear the umask', why: 'modes are as given until the command starts' });
  p.call('mount', [NULL, string('/'), NULL, flags(mountFlags, 'MS_REC', 'MS_PRIVATE'), NULL], {
    what: 'make all mounts private',
    why: 'what is mounted from here on stays in the new mount namespace',
  });
  const workspace = newMount(p, 'tmpfs', { mode: '0755' }, ['MOUNT_ATTR_NOSUID'], {
    what: 'make the workspace',
    why: 'one tmpfs for all that the container needs besides its root: /dev, /tmp, what it writes',
    diagnose: { ENODEV: { code: 'KERNEL_TOO_OLD', hint: 'The kernel has no tmpfs.' } },
  });
  attach(p, workspace, workingDirectory, {
    what: 'attach the workspace to the state directory',
    why: 'in this mount namespace only: the host sees an empty directory',
  });
  p.call('fchdir', [load(workspace)], { what: 'go into the workspace' });
}

/**
 * Runs in the supervisor, which holds the lock as long as it lives: overlayfs does not notice, without `index=on`, when
 * another one writes to the same upper directory, and then neither shows what it should.
 */
export function lockUpper({ p, spec }: Context): void {
  const { upper } = spec.rootfs;
  if (upper === undefined) return;
  const fd = cell('upper_fd');
  p.group('supervise');
  p.call('openat', [cwd, string(upper), flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC')], {
    what: `open ${upper}`,
    result: fd,
    diagnose: {
      ENOENT: { code: 'UPPER_NOT_FOUND', hint: 'The directory that keeps what is written must exist.' },
    },
  });
  p.call('flock', [load(fd), flags(miscConstants, 'LOCK_EX', 'LOCK_NB')], {
    what: `lock ${upper}`,
    why: 'two containers that keep their files in one directory would spoil it',
    diagnose: { EAGAIN: { code: 'UPPER_IN_USE', hint: 'Another container runs on it: give each its own.' } },
  });
}

/** @returns the descriptor of the new root, attached in the workspace. */
export function openRoot(c: Context): Place {
  const { p, spec } = c;
  const { layers, mode } = spec.rootfs;
  if (mode === 'overlay' || mode === 'overlay-ro') return overlayOn(c);
  const root = openSource(c, c.sources.layers[0]);
  makeDirectory(c, 'root');
  setAttributes(p, root, mode === 'ro' ? [noDevices, readOnly] : [noDevices], {
    recursive: true,
    what: mode === 'ro' ? 'make the root file system read-only' : 'forbid devices on the root file system',
    why: 'a device file in an image would open the host’s disk',
  });
  attach(p, root, 'root', { what: 'attach the root file system', diagnose: notADirectory(layers[0]) });
  return root;
}

const notADirectory = (path: string): Diagnoses => ({
  ENOTDIR: { code: 'ROOTFS_NOT_A_DIRECTORY', hint: `${path} is not a directory.` },
});

/**
 * Layers over directories that stay as they are: overlayfs. Each has a mount point in the workspace, with a short name:
 * fsconfig(2) takes 255 characters, and no path of the host is in them that overlayfs would have to unescape.
 */
function overlayOn(c: Context): Place {
  const { p, spec } = c;
  const lower = c.sources.layers.map((layer, index) => {
    const name = layerName(index);
    makeDirectory(c, name);
    attach(p, openSource(c, layer), name, {
      what: `attach ${layer.path} as a lower layer`,
      diagnose: notADirectory(layer.path),
    });
    return name;
  });
  const upper = makeUpper(c);
  const options = {
    lowerdir: lower.join(':'),
    upperdir: `${upper}upper`,
    workdir: `${upper}work`,
    index: 'off',
  };
  const rootless: Record<string, string> = spec.namespaces.user === undefined ? {} : { userxattr: '' };
  const root = newMount(p, 'overlay', { ...options, ...rootless }, [noDevices], {
    what: 'layer a writable directory over the root file system',
    why:
      spec.rootfs.upper === undefined
        ? 'what the container writes goes to the upper layer, in memory, and vanishes with it'
        : `what the container writes goes to the upper layer, in ${spec.rootfs.upper}, and stays`,
    diagnose: overlayErrors(spec.rootfs),
  });
  makeDirectory(c, 'root');
  attach(p, root, 'root', { what: 'attach the root file system' });
  return root;
}

/** @returns what to put before `upper` and `work`, which are made where they are missing. */
function makeUpper(c: Context): string {
  const { p, sources } = c;
  const { upper: source } = sources;
  if (source === undefined) {
    makeDirectory(c, 'upper');
    makeDirectory(c, 'work');
    return '';
  }
  makeDirectory(c, 'disk');
  attach(p, openSource(c, source), 'disk', { what: `attach ${source.path} for the upper layer` });
  for (const name of ['upper', 'work']) {
    p.call('mkdirat', [cwd, string(`disk/${name}`), number(0o755, '0755')], {
      what: `make ${source.path}/${name}`,
      tolerate: ['EEXIST'],
      diagnose: unwritable(source.path),
    });
  }
  return 'disk/';
}

function makeDirectory({ p }: Context, name: string): void {
  p.call('mkdirat', [cwd, string(name), number(0o755, '0755')], { what: `make ${name}` });
}

const unwritable = (path: string) => {
  const owner: Diagnosis = {
    code: 'UPPER_UNSUITABLE',
    hint: `${path} must belong to who is root inside the container.`,
  };
  const full: Diagnosis = {
    code: 'UPPER_UNSUITABLE',
    hint: `${path} must be on a file system that can be written to.`,
  };
  return { EACCES: owner, EPERM: owner, EOVERFLOW: owner, EROFS: full };
};

function overlayErrors({ layers, upper }: RootfsSpec): Diagnoses {
  const hint = 'Use the root file system read-only (--read-only), or one that may be written to (--rootfs)';
  const overlap = `None of ${[...layers, ...(upper === undefined ? [] : [upper])].join(', ')} may lie in another.`;
  const unsupported: Diagnosis = { code: 'OVERLAY_UNSUPPORTED', hint };
  if (upper === undefined) {
    return {
      ENODEV: unsupported,
      EINVAL: unsupported,
      ELOOP: { code: 'OVERLAY_LAYERS_OVERLAP', hint: overlap },
    };
  }
  const unsuitable: Diagnosis = {
    code: 'UPPER_UNSUITABLE',
    hint: `${upper} must be on a disk’s file system (ext4, xfs, btrfs), or on tmpfs; not on an overlay, NFS or FAT.`,
  };
  return {
    ...unwritable(upper),
    ENODEV: unsupported,
    EINVAL: unsuitable,
    EOPNOTSUPP: unsuitable,
    ELOOP: { code: 'OVERLAY_LAYERS_OVERLAP', hint: overlap },
  };
}

/** From here on `/` is the container's root and nothing of the host can be named. */
export function enterRoot({ p }: Pick<Context, 'p'>, root: Place, enter: RootfsSpec['enter']): void {
  if (enter === 'pivot_root') {
    p.call('fchdir', [load(root)], { what: 'go into the new root' });
    p.call('pivot_root', [string('.'), string('.')], {
      what: 'make it the root of the mount namespace',
      why: 'the old root ends up on top of the new one, from where it can be unmounted: pivot_root(2)',
      diagnose: {
        EINVAL: { hint: 'The host runs from an initramfs: use rootfsMethod "chroot" (--no-pivot)' },
      },
    });
    p.call('umount2', [string('.'), flags(mountFlags, 'MNT_DETACH')], {
      what: 'detach the old root',
      why: 'the host’s files are not hidden but gone from this namespace',
    });
  } else {
    attach(p, root, '/', { what: 'move the new root over the old one', why: 'so that .. can’t lead back' });
    p.call('fchdir', [load(root)], { what: 'go into the new root' });
    p.call('chroot', [string('.')], {
      what: 'change the root directory',
      why: 'of this process and its children',
    });
  }
  p.call('chdir', [string('/')], { what: 'go to the root' });
}

/** Last, so that mount points can still be made before. */
export function sealRoot(c: Context, root: Place): void {
  if (c.spec.rootfs.mode !== 'overlay-ro') return;
  setAttributes(c.p, root, [readOnly], { what: 'make the root file system read-only' });
}
