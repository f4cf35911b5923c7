/** The user's mounts: sources opened on the host's side, targets resolved inside the container's root. */
import { fsMagic } from '@tc/linux';
import { address, at, buffer, flags, load, number, string } from '../data.ts';
import type { Place } from '../program.ts';
import type { Context } from './context.ts';
import { attach, cloneMount, cwd, notSearchable, openPath, setAttributes } from './mount-calls.ts';

const EPERM = 1;

/** Runs with the host's root still there. */
export function openSources(c: Context): Place[] {
  const { p, spec } = c;
  p.group('file system');
  return spec.mounts.map(({ source, readOnly }) => {
    const mount = cloneMount(
      p,
      { path: source, recursive: true },
      {
        what: `open the mount source ${source}`,
        diagnose: {
          ENOENT: { code: 'MOUNT_SOURCE_NOT_FOUND', hint: 'A bind mount needs a source that exists.' },
          EACCES: notSearchable,
        },
      },
    );
    setAttributes(p, mount, readOnly ? ['MOUNT_ATTR_RDONLY', 'MOUNT_ATTR_NODEV'] : ['MOUNT_ATTR_NODEV'], {
      recursive: true,
      what: `restrict the mount of ${source}`,
    });
    return mount;
  });
}

/** Runs in the new root. */
export function bindMounts(c: Context, sources: readonly Place[]): void {
  const { p, spec } = c;
  p.group('file system');
  spec.mounts.forEach(({ target, sourceType }, index) => {
    const source = sources[index];
    if (source === undefined) return;
    makePath(c, target, sourceType);
    const fd = openPath(
      p,
      cwd,
      target,
      { open: [], resolve: ['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] },
      {
        what: `open the mount point ${target}`,
        diagnose: {
          ENOENT: {
            code: 'MOUNT_TARGET_NOT_FOUND',
            hint: 'It is not there and can’t be made: in a read-only root file system it must exist.',
          },
        },
      },
    );
    refuseKernelFileSystems(c, fd, target);
    attach(p, source, fd, {
      what: `mount onto ${target}`,
      why: 'a directory or file of the host that the user gave to the container',
      diagnose: {
        ENOTDIR: {
          code: 'MOUNT_TYPE_MISMATCH',
          hint: 'A directory can be mounted onto a directory only, and a file onto a file.',
        },
      },
    });
  });
}

/** mkdir -p, and an empty file at the end where a file is to be mounted. */
export function makePath({ p }: Context, path: string, type: 'directory' | 'file'): void {
  const parts = path.split('/').filter((part) => part !== '');
  parts.forEach((_, index) => {
    const prefix = `/${parts.slice(0, index + 1).join('/')}`;
    const what = `make ${prefix}`;
    // Whether it worked shows when the path is opened, with a better error than this call's.
    if (index === parts.length - 1 && type === 'file') {
      p.call('mknodat', [cwd, string(prefix), number(0o100644, 'S_IFREG|0644'), 0], { what, checked: false });
    } else {
      p.call('mkdirat', [cwd, string(prefix), number(0o755, '0755')], { what, checked: false });
    }
  });
}

/** A link in the image must not lead a mount onto /proc or /sys, where it could replace a mask (CVE-2019-19921). */
function refuseKernelFileSystems({ p }: Context, target: Place, path: string): void {
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
  p.jumpIf(load(at(statfs)), 'ne', flags(fsMagic, 'SYSFS_MAGIC'), allowed);
  p.place(refused);
  p.fail(number(EPERM), call);
  p.place(allowed);
}
