/** Paths of an OCI bundle that are hidden or read-only: config-linux.md, "Masked Paths". */
import { atFlags } from '@tc/linux';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Place } from '../program.ts';
import type { BundleContext } from './bundle-context.ts';
import { setMount } from './bundle-root.ts';
import {
  attach,
  cloneMount,
  cwd,
  newMount,
  noDevices,
  noPrograms,
  noSetuid,
  openPath,
  readOnly,
} from './mount-calls.ts';

const EPERM = 1;

/** What the bundle wants hidden or protected, wherever that is; what is not there needs nothing. */
export function maskBundlePaths({ p, spec }: BundleContext): void {
  p.group('file system');
  const find = (path: string, what: string) => {
    const [target, skip] = [cell('target_fd'), p.label()];
    const isKernels = /^\/(?:proc|sys)\//.test(path);
    const resolve = isKernels
      ? (['RESOLVE_NO_SYMLINKS'] as const)
      : (['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] as const);
    openPath(p, cwd, path, { open: [], resolve }, { what, tolerate: ['ENOENT', 'ENOTDIR'], result: target });
    p.jumpIf(load(target), 'lt', 0, skip);
    return { target, skip };
  };
  const nothing = spec.maskedPaths.length === 0 ? undefined : openNull(p);
  for (const path of spec.maskedPaths) {
    if (nothing === undefined) break;
    const what = `hide ${path}`;
    const { target, skip } = find(path, what);
    const attached = cell('attached');
    // A file onto a directory: EINVAL of move_mount(2), where mount(2) says ENOTDIR.
    const onto = { what, tolerate: ['EINVAL', 'ENOTDIR'] as const, result: attached };
    attach(p, cloneMount(p, { directory: load(nothing) }, { what }), target, onto);
    p.jumpIf(load(attached), 'eq', 0, skip);
    const attributes = [readOnly, noSetuid, noDevices, noPrograms];
    attach(p, newMount(p, 'tmpfs', { mode: '0555', size: '1' }, attributes, { what }), target, { what });
    p.place(skip);
  }
  for (const path of spec.readonlyPaths) {
    const what = `make ${path} read-only`;
    const { target, skip } = find(path, what);
    const mount = cloneMount(p, { directory: load(target), recursive: true }, { what });
    setMount(p, mount, { set: [readOnly], clear: [], recursive: true });
    attach(p, mount, target, { what });
    p.place(skip);
  }
}

/** The device itself, whatever the image has made of /dev (CVE-2025-31133). */
function openNull(p: BundleContext['p']): Place {
  const about = { what: 'open /dev/null' };
  const fd = openPath(p, cwd, '/dev/null', { open: [], resolve: ['RESOLVE_NO_SYMLINKS'] }, about);
  const [status, isNull] = [buffer(256, '{stx_rdev}'), p.label()];
  const empty = flags(atFlags, 'AT_EMPTY_PATH');
  const call = p.call('statx', [load(fd), string(''), empty, number(0x7ff), address(status)], {
    what: 'check that /dev/null is what hides',
    diagnose: {
      EPERM: { code: 'ROOTFS_UNSAFE', hint: '/dev/null of this root file system is no null device.' },
    },
  });
  // stx_rdev_major and stx_rdev_minor: statx(2)
  p.jumpIf(load(at(status, 128)), 'eq', number(1 + 3 * 2 ** 32, 'makedev(1, 3)'), isNull);
  p.fail(number(EPERM), call);
  p.place(isNull);
  return fd;
}
