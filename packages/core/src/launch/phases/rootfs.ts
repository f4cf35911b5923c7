/** The container's root: where it comes from, what it may do to it, and how the old root goes away. */
import { mountFlags } from '@tc/linux';
import { flags, load, NULL, number, string } from '../data.ts';
import type { Place } from '../program.ts';
import type { Context } from './context.ts';
import {
  attach,
  cloneMount,
  cwd,
  newMount,
  noDevices,
  notSearchable,
  readOnly,
  setAttributes,
  workingDirectory,
} from './mount-calls.ts';

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

/** @returns the descriptor of the new root, attached in the workspace. */
export function openRoot(c: Context): Place {
  const { p, spec } = c;
  const { path, mode } = spec.rootfs;
  const missing = {
    code: 'ROOTFS_NOT_FOUND',
    hint: 'Give the directory of a root file system, or an image.',
  };
  const what = `open the root file system ${path}`;
  const isOverlay = mode === 'overlay' || mode === 'overlay-ro';
  const source = cloneMount(
    p,
    { path, recursive: !isOverlay },
    {
      what,
      why: 'a copy of the mount, so that its flags can be its own',
      diagnose: { ENOENT: missing, EACCES: notSearchable },
    },
  );
  p.call('mkdirat', [cwd, string('root'), number(0o755, '0755')], {
    what: 'make a mount point for the root',
  });
  if (!isOverlay) {
    setAttributes(p, source, mode === 'ro' ? [noDevices, readOnly] : [noDevices], {
      recursive: true,
      what: mode === 'ro' ? 'make the root file system read-only' : 'forbid devices on the root file system',
      why: 'a device file in an image would open the host’s disk',
    });
    attach(p, source, 'root', {
      what: 'attach the root file system',
      diagnose: { ENOTDIR: { code: 'ROOTFS_NOT_A_DIRECTORY', hint: `${path} is not a directory.` } },
    });
    return source;
  }
  return overlayOn(c, source);
}

/** Layers over a directory that stays as it is: overlayfs, with names relative to the workspace. */
function overlayOn(c: Context, lower: Place): Place {
  const { p, spec } = c;
  for (const name of ['lower', 'upper', 'work']) {
    p.call('mkdirat', [cwd, string(name), number(0o755, '0755')], { what: `make ${name}` });
  }
  attach(p, lower, 'lower', {
    what: `attach ${spec.rootfs.path} as the lower layer`,
    diagnose: {
      ENOTDIR: { code: 'ROOTFS_NOT_A_DIRECTORY', hint: `${spec.rootfs.path} is not a directory.` },
    },
  });
  const options = { lowerdir: 'lower', upperdir: 'upper', workdir: 'work', index: 'off' };
  const rootless: Record<string, string> = spec.namespaces.user === undefined ? {} : { userxattr: '' };
  const hint = 'Use the root file system read-only (--read-only), or one that may be written to (--rootfs)';
  const root = newMount(p, 'overlay', { ...options, ...rootless }, [noDevices], {
    what: 'layer a writable directory over the root file system',
    why: 'what the container writes goes to the upper layer, in memory, and vanishes with it',
    diagnose: {
      ENODEV: { code: 'OVERLAY_UNSUPPORTED', hint },
      EINVAL: { code: 'OVERLAY_UNSUPPORTED', hint },
    },
  });
  attach(p, root, 'root', { what: 'attach the root file system' });
  return root;
}

/** From here on `/` is the container's root and nothing of the host can be named. */
export function enterRoot(c: Context, root: Place): void {
  const { p, spec } = c;
  if (spec.rootfs.enter === 'pivot_root') {
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
