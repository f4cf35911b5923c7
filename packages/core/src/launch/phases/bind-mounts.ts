/** The user's mounts: sources opened on the host's side, targets resolved inside the container's root. */
import { fsMagic } from '@tc/linux';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Diagnosis, Place } from '../program.ts';
import type { BindMountSpec, MountSpec, TmpfsMountSpec } from '../spec.ts';
import type { Context } from './context.ts';
import {
  attach,
  cwd,
  newMount,
  noDevices,
  noSetuid,
  openPath,
  readOnly,
  setAttributes,
} from './mount-calls.ts';
import { openSource } from './source-mounts.ts';

const EPERM = 1;

/**
 * Runs with the host's root still there, and before all mounts are made private: a copy of a shared mount belongs to
 * its peer group, and so learns of what is mounted there later, only if it was made while that was shared.
 */
export function openSources(c: Context): Place[] {
  c.p.group('file system');
  return c.spec.mounts.map((mount, index) => {
    if (mount.type === 'tmpfs') return newTmpfs(c, mount);
    const source = c.sources.mounts[index];
    if (source === undefined) throw new TypeError(`there is no source for ${mount.target}`);
    return restrict(c, mount, openSource(c, source));
  });
}

function restrict({ p }: Context, spec: BindMountSpec, mount: Place): Place {
  const { source, recursive, propagation } = spec;
  setAttributes(p, mount, spec.readOnly ? [readOnly, noDevices] : [noDevices], {
    recursive,
    propagation: propagation === 'shared' ? 'keep' : propagation === 'slave' ? 'MS_SLAVE' : 'MS_PRIVATE',
    what: `restrict the mount of ${source}`,
    why: propagation === 'private' ? '' : 'what is mounted there later comes with attributes of its own',
  });
  return mount;
}

function newTmpfs({ p }: Context, { target, sizeBytes, mode, ...spec }: TmpfsMountSpec): Place {
  const size: Record<string, string> = sizeBytes === undefined ? {} : { size: String(sizeBytes) };
  const attributes = [noSetuid, noDevices, ...(spec.readOnly ? [readOnly] : [])];
  return newMount(p, 'tmpfs', { mode: mode.toString(8).padStart(4, '0'), ...size }, attributes, {
    what: `make a tmpfs for ${target}`,
    why: 'its files are in memory, count against the memory limit, and vanish with the container',
  });
}

/** Runs in the new root. */
export function bindMounts(c: Context, sources: readonly Place[]): void {
  c.p.group('file system');
  const mounts = c.spec.mounts.map((mount, index) => ({
    mount,
    source: sources[index],
    shared: isShared(mount),
  }));
  // Shared ones come last: what is attached on one of them shows up on the host, and stays there.
  for (const { mount, source } of mounts.toSorted((a, b) => Number(a.shared) - Number(b.shared))) {
    if (source !== undefined) attachTo(c, mount, source);
  }
}

function isShared(mount: MountSpec): boolean {
  return mount.type === 'bind' && mount.propagation === 'shared';
}

function attachTo(c: Context, mount: MountSpec, source: Place): void {
  const { p } = c;
  const { target } = mount;
  // A link in the image must not lead a shared mount onto another, and so onto the host.
  const fd = openMountPoint(c, target, mount.type === 'bind' ? mount.sourceType : 'directory', {
    refusedLinks: isShared(mount)
      ? {
          code: 'MOUNT_TARGET_FORBIDDEN',
          hint: 'The way to it has no symbolic link for a shared mount.',
        }
      : undefined,
  });
  refuseKernelFileSystems(c, fd, target);
  attach(p, source, fd, {
    what: `mount onto ${target}`,
    why: mount.type === 'bind' ? 'a directory or file of the host that the user gave to the container' : '',
    diagnose: { EINVAL: unlikeTarget },
  });
}

/** What move_mount(2) answers with EINVAL, and mount(2) with ENOTDIR: do_move_mount() of fs/namespace.c. */
export const unlikeTarget: Diagnosis = {
  code: 'MOUNT_TYPE_MISMATCH',
  hint: 'A directory can be mounted onto a directory only, and a file onto a file.',
};

/**
 * Makes and opens what something is to be mounted on, below the working directory, which is the new root. Links lead where they lead inside.
 * @param refusedLinks there must be none, and this is what is said of one
 */
export function openMountPoint(
  c: Pick<Context, 'p'>,
  target: string,
  type: 'directory' | 'file',
  { refusedLinks }: { refusedLinks: Diagnosis | undefined },
): Place {
  makePath(c, target, type);
  const resolve = refusedLinks
    ? (['RESOLVE_IN_ROOT', 'RESOLVE_NO_SYMLINKS'] as const)
    : (['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] as const);
  return openPath(
    c.p,
    cwd,
    target,
    { open: [], resolve },
    {
      what: `open the mount point ${target}`,
      diagnose: {
        ENOENT: {
          code: 'MOUNT_TARGET_NOT_FOUND',
          hint: 'It is not there and can’t be made: in a read-only root file system it must exist.',
        },
        ENOTDIR: { code: 'MOUNT_TARGET_NOT_FOUND', hint: 'Its path leads through a file.' },
        ...(refusedLinks && { ELOOP: refusedLinks }),
      },
    },
  );
}

/**
 * mkdir -p, and an empty file at the end where a file is to be mounted. The image has a say in where a path leads, and
 * while descriptors of the host are open, /proc/self/fd is a way out: magic links are not followed (CVE-2024-21626).
 */
export function makePath({ p }: Pick<Context, 'p'>, path: string, type: 'directory' | 'file'): void {
  const parts = path.split('/').filter((part) => part !== '');
  const end = p.label();
  for (const [index, name] of parts.entries()) {
    const above = `/${parts.slice(0, index).join('/')}`;
    const what = `make /${parts.slice(0, index + 1).join('/')}`;
    const fd = cell('parent_fd');
    if (index > 0) {
      const how = {
        open: ['O_DIRECTORY'],
        resolve: ['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'],
      } as const;
      openPath(p, cwd, above, how, { what: `open ${above}`, checked: false, result: fd });
      p.jumpIf(load(fd), 'lt', 0, end);
    }
    const parent = index > 0 ? load(fd) : cwd;
    // Whether it worked shows when the path is opened, with a better error than this call's.
    if (index === parts.length - 1 && type === 'file') {
      p.call('mknodat', [parent, string(name), number(0o100644, 'S_IFREG|0644'), 0], {
        what,
        checked: false,
      });
    } else {
      p.call('mkdirat', [parent, string(name), number(0o755, '0755')], { what, checked: false });
    }
    if (index > 0) p.call('close', [load(fd)], { what: `close ${above}`, checked: false });
  }
  p.place(end);
}

/** A link in the image must not lead a mount onto /proc or /sys, where it could replace a mask (CVE-2019-19921). */
export function refuseKernelFileSystems(
  { p }: Pick<Context, 'p'>,
  target: Place,
  path: string,
  refusals: { readonly sys: boolean } = { sys: true },
): void {
  const statfs = buffer(120, '{f_type}');
  const allowed = p.label();
  const refused = p.label();
  const hint = `${path} lies in /proc or /sys in this root file system: choose another target.`;
  const call = p.call('fstatfs', [load(target), address(statfs)], {
    what: `check the mount point ${path}`,
    why: 'it must not lie on /proc or /sys',
    diagnose: { EPERM: { code: 'MOUNT_TARGET_FORBIDDEN', hint } },
  });
  p.jumpIf(load(at(statfs)), 'eq', flags(fsMagic, 'PROC_SUPER_MAGIC'), refused);
  if (refusals.sys) p.jumpIf(load(at(statfs)), 'ne', flags(fsMagic, 'SYSFS_MAGIC'), allowed);
  else p.jump(allowed);
  p.place(refused);
  p.fail(number(EPERM), call);
  p.place(allowed);
}
