import { cell, load } from '../data.ts';
import type { Context } from './context.ts';
import { attach, cloneMount, kernelOnly, openPath, readOnly, setAttributes } from './mount-calls.ts';
import type { PreparedMounts } from './pseudo-file-systems.ts';

/**
 * Covers what a container must not see or change. Targets are opened from the descriptor of the proc or sysfs
 * mount itself and may not cross another mount: nothing that the image contains can redirect them
 * (CVE-2025-31133, CVE-2025-52881). A path that this kernel lacks is skipped.
 */
export function maskPaths(c: Context, mounts: PreparedMounts): void {
  const { p, spec } = c;
  p.group('file system');
  const emptyDirectories = [...mounts.empty];
  const target = cell('target_fd');
  const open = (on: 'proc' | 'sys', path: string, what: string, why: string) => {
    const skip = p.label();
    const how = {
      open: ['O_NOFOLLOW'],
      resolve: ['RESOLVE_BENEATH', 'RESOLVE_NO_SYMLINKS', 'RESOLVE_NO_XDEV'],
    } as const;
    const parent = on === 'proc' ? mounts.proc : mounts.sys;
    const tolerate = ['ENOENT', 'ENOTDIR'] as const;
    openPath(p, load(parent), path, how, { what, why, tolerate, result: target });
    p.jumpIf(load(target), 'lt', 0, skip);
    return skip;
  };
  spec.process.maskedPaths.forEach(({ on, path, type }, index) => {
    const what = `hide /${on}/${path}`;
    const skip = open(on, path, what, index === 0 ? 'these tell about the host, or let root change it' : '');
    const emptyDirectory = type === 'directory' ? emptyDirectories.pop() : undefined;
    attach(
      p,
      emptyDirectory ?? cloneMount(p, { directory: load(mounts.dev), path: 'null' }, { what }),
      target,
      { what },
    );
    p.place(skip);
  });
  spec.process.readonlyPaths.forEach(({ on, path }, index) => {
    const what = `make /${on}/${path} read-only`;
    const skip = open(on, path, what, index === 0 ? 'settings of the whole host' : '');
    const mount = cloneMount(p, { directory: load(target), recursive: true }, { what });
    setAttributes(p, mount, [readOnly, ...kernelOnly], { recursive: true, what });
    attach(p, mount, target, { what });
    p.place(skip);
  });
}
