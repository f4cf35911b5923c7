/** An OCI bundle's root and its mounts: made and opened with the host's root still there, attached in the new one. */
import { atFlags, mountFlags, openFlags } from '@tc/linux';
import type { AttributeChange, BundleMount, Propagation } from '../bundle-spec.ts';
import { address, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Diagnosis, Place } from '../program.ts';
import { openMountPoint, refuseKernelFileSystems, unlikeTarget } from './bind-mounts.ts';
import type { BundleContext } from './bundle-context.ts';
import { attach, cloneMount, cwd, kernelOnly, newMount, openPath, readOnly } from './mount-calls.ts';

/** A mount that waits to be attached; of cgroups one for each hierarchy. */
export type PreparedMount = readonly { readonly name: string; readonly mount: Place }[];

export function openBundleRoot({ p, spec }: BundleContext): Place {
  p.group('file system');
  p.call('umask', [0], { what: 'clear the umask', why: 'modes are as given until the command starts' });
  const { path } = spec.root;
  return cloneMount(
    p,
    { path, recursive: true },
    {
      what: `open the root file system ${path}`,
      why: 'a copy of the mount, so that its flags can be its own',
      diagnose: { ENOENT: { code: 'ROOTFS_NOT_FOUND', hint: 'root.path must be a directory.' } },
    },
  );
}

/** Before all mounts are made private: a copy of a shared one stays its peer, if it is to be. */
export function prepareBundleMounts(
  c: BundleContext,
  mapped: ReadonlyMap<BundleMount, Place>,
): PreparedMount[] {
  const { p, spec } = c;
  return spec.mounts.map((mount) => {
    if (mount.kind === 'cgroup') return prepareCgroupMount(c, mount);
    const fd = mapped.get(mount) ?? (mount.kind === 'bind' ? openBind(c, mount) : makeNew(c, mount));
    changeMount(p, fd, mount);
    return [{ name: '', mount: fd }];
  });
}

function openBind({ p }: BundleContext, mount: BundleMount & { kind: 'bind' }): Place {
  const { source, recursive } = mount;
  return cloneMount(
    p,
    { path: source, recursive },
    {
      what: `open the mount source ${source}`,
      diagnose: { ENOENT: { code: 'MOUNT_SOURCE_NOT_FOUND', hint: 'A bind mount needs a source.' } },
    },
  );
}

function makeNew({ p }: BundleContext, mount: BundleMount & { kind: 'new' }): Place {
  const { type, source, options, target } = mount;
  const unsupported: Diagnosis = {
    code: 'MOUNT_UNSUPPORTED',
    hint: `mounts: the kernel refuses ${type} with these options for ${target}.`,
  };
  return newMount(p, type, { source, ...Object.fromEntries(options) }, [], {
    what: `make a ${type} for ${target}`,
    diagnose: { ENODEV: unsupported, EINVAL: unsupported },
  });
}

function prepareCgroupMount(c: BundleContext, mount: BundleMount): PreparedMount {
  const { p, spec } = c;
  const view = spec.cgroup?.view ?? [];
  const attributes = view.map(({ name, directory }) => {
    const fd = cloneMount(p, { path: directory }, { what: `bind ${directory}` });
    setMount(p, fd, { set: kernelOnly, clear: [], recursive: false });
    changeMount(p, fd, mount);
    return { name, mount: fd };
  });
  if (view.every(({ name }) => name === '')) return attributes;
  const root = newMount(p, 'tmpfs', { mode: '0755' }, kernelOnly, {
    what: `make a tmpfs for ${mount.target}`,
    why: 'a directory for each of version 1’s hierarchies',
  });
  return [{ name: '', mount: root }, ...attributes];
}

type Builder = BundleContext['p'];

function changeMount(p: Builder, mount: Place, { changes, propagation }: BundleMount): void {
  for (const change of changes) setMount(p, mount, change);
  spread(p, mount, propagation ?? { flag: 'MS_PRIVATE', recursive: true });
}

export function setMount(p: Builder, mount: Place, { set, clear, recursive }: AttributeChange): void {
  if (set.length === 0 && clear.length === 0) return;
  const clearFlags = flags(mountFlags, ...clear);
  const fields = [flags(mountFlags, ...set), clearFlags, number(0), number(0)];
  const text = `{attr_set=${set.join('|') || 0}, attr_clr=${clear.join('|') || 0}}`;
  callSetattr(p, mount, words(fields, text), recursive, 'set the attributes of the mount');
}

function spread(p: Builder, mount: Place, { flag, recursive }: Propagation): void {
  const fields = [number(0), number(0), flags(mountFlags, flag), number(0)];
  callSetattr(p, mount, words(fields, `{propagation=${flag}}`), recursive, `make the mount ${flag}`);
}

function callSetattr(
  p: Builder,
  mount: Place,
  attr: ReturnType<typeof words>,
  recursive: boolean,
  what: string,
) {
  const where = flags(atFlags, 'AT_EMPTY_PATH', ...(recursive ? (['AT_RECURSIVE'] as const) : []));
  p.call('mount_setattr', [load(mount), string(''), where, address(attr), attr.size], { what });
}

/** Attaches the root where it came from, in this mount namespace only. */
export function attachBundleRoot({ p, spec }: BundleContext, root: Place): void {
  const { propagation, path } = spec.root;
  const follow = propagation?.flag === 'MS_SLAVE' || propagation?.flag === 'MS_SHARED';
  const all = flags(mountFlags, 'MS_REC', follow ? 'MS_SLAVE' : 'MS_PRIVATE');
  p.call('mount', [NULL, string('/'), NULL, all, NULL], {
    what: follow ? 'make all mounts slaves' : 'make all mounts private',
    why: 'what is mounted from here on stays in the new mount namespace',
  });
  spread(p, root, propagation ?? { flag: 'MS_PRIVATE', recursive: true });
  // Of a shared root pivot_root(2) makes nothing: it is shared again afterwards.
  if (propagation?.flag === 'MS_SHARED') spread(p, root, { flag: 'MS_PRIVATE', recursive: false });
  const place = cell('place_fd');
  p.call('openat', [cwd, string(path), flags(openFlags, 'O_PATH', 'O_DIRECTORY', 'O_CLOEXEC')], {
    what: `open ${path}`,
    result: place,
    diagnose: { ENOTDIR: { code: 'ROOTFS_NOT_A_DIRECTORY', hint: 'root.path must be a directory.' } },
  });
  attach(p, root, place, { what: 'attach the root file system' });
  p.call('fchdir', [load(root)], {
    what: 'go into it',
    why: 'from here on paths of the container are resolved below it: RESOLVE_IN_ROOT of openat2(2)',
  });
}

/** Below the new root, in the order of the bundle. The old one is still there, for hooks. */
export function attachBundleMounts(c: BundleContext, prepared: readonly PreparedMount[]): void {
  const { p, spec } = c;
  p.group('file system');
  for (const [index, mount] of spec.mounts.entries()) {
    const [first, ...below] = prepared[index] ?? [];
    if (first === undefined) continue;
    const target = openTarget(c, mount);
    attach(p, first.mount, target, {
      what: `mount onto ${mount.target}`,
      diagnose: { EINVAL: unlikeTarget },
    });
    if (below.length > 0) attachHierarchies(c, mount, first.mount, below);
  }
}

const kernelTypes = ['proc', 'sysfs'];

/** A link in the image must not lead proc or sysfs elsewhere, nor anything else onto them (CVE-2019-19921). */
function openTarget(c: BundleContext, mount: BundleMount): Place {
  const { target } = mount;
  const isKernels = mount.kind === 'new' && kernelTypes.includes(mount.type);
  const fd = openMountPoint(c, target, mount.kind === 'bind' ? mount.sourceType : 'directory', {
    refusedLinks: isKernels
      ? { code: 'ROOTFS_UNSAFE', hint: `${target} leads through a symbolic link.` }
      : undefined,
  });
  if (!isKernels && !target.startsWith('/proc/')) refuseKernelFileSystems(c, fd, target, { sys: false });
  return fd;
}

function attachHierarchies(
  { p }: BundleContext,
  { changes }: BundleMount,
  root: Place,
  below: PreparedMount,
): void {
  const beneath = { open: ['O_DIRECTORY'], resolve: ['RESOLVE_BENEATH', 'RESOLVE_NO_SYMLINKS'] } as const;
  for (const { name, mount } of below) {
    p.call('mkdirat', [load(root), string(name), number(0o755, '0755')], { what: `make ${name}` });
    attach(p, mount, openPath(p, load(root), name, beneath, { what: `open ${name}` }), {
      what: `mount the hierarchy ${name}`,
    });
    if (!name.includes(',')) continue;
    for (const alias of name.split(',')) {
      p.call('symlinkat', [string(name), load(root), string(alias)], { what: `make the link ${alias}` });
    }
  }
  const isReadOnly = changes.some(({ set }) => set.includes(readOnly));
  if (isReadOnly) setMount(p, root, { set: [readOnly], clear: [], recursive: false });
}

export function sealBundleRoot({ p, spec }: BundleContext, root: Place): void {
  const { propagation } = spec.root;
  if (propagation?.flag === 'MS_SHARED') spread(p, root, { ...propagation, recursive: false });
  if (spec.root.readOnly) setMount(p, root, { set: [readOnly], clear: [], recursive: false });
}
