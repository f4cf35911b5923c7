/** /proc, /sys, /dev, /tmp: made before the root changes, attached after it. */
import type { ProgramBuilder } from '../builder.ts';
import { load, number, string } from '../data.ts';
import type { Place } from '../program.ts';
import type { Context } from './context.ts';
import { makeDevices } from './devices.ts';
import {
  attach,
  cloneMount,
  cwd,
  kernelOnly,
  type MountAttribute,
  newMount,
  noDevices,
  noPrograms,
  noSetuid,
  openPath,
  readOnly,
  setAttributes,
} from './mount-calls.ts';
import { isNew } from './user-namespace.ts';

/** Mounts that wait to be attached once the root has changed. */
export interface PreparedMounts {
  readonly dev: Place;
  readonly pts: Place;
  readonly shm: Place;
  readonly mqueue: Place;
  readonly proc: Place;
  readonly sys: Place;
  readonly tmp: Place;
  readonly cgroups: readonly { readonly name: string; readonly mount: Place }[];
  /** Holds the directories that v1's hierarchies go onto. */
  readonly cgroupRoot: Place | undefined;
  /** An empty directory for each directory to mask. */
  readonly empty: readonly Place[];
}

/** Runs in the workspace, with the host's root still there. */
export function prepareMounts(c: Context): PreparedMounts {
  const { p, spec } = c;
  p.group('file system');
  makeDevices(c);
  const directory = (name: string, mode: number) =>
    p.call('mkdirat', [cwd, string(name), number(mode, `0${mode.toString(8)}`)], { what: `make ${name}` });
  directory('shm', 0o1777);
  directory('tmp', 0o1777);
  directory('empty', 0o555);
  const bind = (path: string, attributes: readonly MountAttribute[], why = '') => {
    const mount = cloneMount(p, { path, recursive: path === 'dev' }, { what: `bind ${path}`, why });
    setAttributes(p, mount, attributes, { what: `restrict ${path}` });
    return mount;
  };
  const cgroups = (spec.cgroup?.view ?? []).map(({ name, directory: path }) => {
    const mount = cloneMount(
      p,
      { path },
      { what: `bind ${path}`, why: 'the container may read its own limits' },
    );
    setAttributes(p, mount, [readOnly, ...kernelOnly], { what: `make ${path} read-only` });
    return { name, mount };
  });
  const emptyCount = spec.process.maskedPaths.filter(({ type }) => type === 'directory').length;
  return {
    dev: bind('dev', [noSetuid, noPrograms]),
    shm: bind('shm', kernelOnly),
    tmp: bind('tmp', [noSetuid, noDevices]),
    empty: Array.from({ length: emptyCount }, () => bind('empty', [readOnly, ...kernelOnly])),
    cgroups,
    cgroupRoot: makeCgroupRoot(c, bind),
    // A group that is not mapped can't own a terminal: 5 is tty on every distribution.
    pts: newMount(
      p,
      'devpts',
      { mode: '0620', ptmxmode: '0666', ...(spec.namespaces.user === undefined ? { gid: '5' } : {}) },
      [noSetuid, noPrograms],
      { what: 'make a devpts', why: 'its own terminals, none of the host’s' },
    ),
    mqueue: newMount(p, 'mqueue', {}, kernelOnly, {
      what: 'make an mqueue',
      why: 'of the new IPC namespace',
    }),
    proc: newMount(p, 'proc', {}, kernelOnly, {
      what: 'make a proc',
      why: 'ps and /proc/self show the new PID namespace',
      diagnose: { EPERM: { hint: 'In a user namespace the caller’s /proc must be fully visible.' } },
    }),
    sys: prepareSys(c),
  };
}

/** sysfs belongs to the owner of the network namespace: root of another user namespace may not mount it. */
function prepareSys(c: Context): Place {
  const { net, user, joinNetwork } = c.spec.namespaces;
  if (net || !isNew(user)) {
    return newMount(c.p, 'sysfs', {}, [readOnly, ...kernelOnly], {
      what: 'make a sysfs',
      why: 'it shows the network namespace, and nothing can be changed through it',
    });
  }
  return joinNetwork ? c.networkSys : hostSys(c);
}

/** With the host's network in a user namespace only the host's can be shown. */
function hostSys({ p }: Context): Place {
  const sys = cloneMount(p, { path: '/sys', recursive: true }, { what: 'bind /sys' });
  setAttributes(p, sys, [readOnly, ...kernelOnly], { recursive: true, what: 'make /sys read-only' });
  return sys;
}

type Bind = (path: string, attributes: readonly MountAttribute[]) => Place;

function makeCgroupRoot({ p, spec }: Context, bind: Bind): Place | undefined {
  const names = (spec.cgroup?.view ?? []).map(({ name }) => name).filter((name) => name !== '');
  if (names.length === 0) return undefined;
  for (const name of ['cgroup', ...names.map((name) => `cgroup/${name}`)]) {
    p.call('mkdirat', [cwd, string(name), number(0o555, '0555')], { what: `make ${name}` });
  }
  for (const name of names.filter((name) => name.includes(','))) {
    for (const alias of name.split(',')) {
      p.call('symlinkat', [string(name), cwd, string(`cgroup/${alias}`)], { what: `make cgroup/${alias}` });
    }
  }
  return bind('cgroup', [readOnly, ...kernelOnly]);
}

/** Runs in the new root. */
export function attachMounts(c: Context, mounts: PreparedMounts): void {
  const { p } = c;
  p.group('file system');
  const onRoot = (name: string, mount: Place, mode = 0o755) => {
    // A link here would be the image's way to have /proc or /dev mounted elsewhere (CVE-2019-19921).
    p.call('mkdirat', [cwd, string(`/${name}`), number(mode, `0${mode.toString(8)}`)], {
      what: `make the mount point /${name}`,
      tolerate: ['EEXIST', 'EROFS'],
    });
    const target = openPath(
      p,
      cwd,
      `/${name}`,
      { open: ['O_DIRECTORY'], resolve: ['RESOLVE_NO_SYMLINKS'] },
      {
        what: `open the mount point /${name}`,
        diagnose: {
          ELOOP: {
            code: 'ROOTFS_UNSAFE',
            hint: `/${name} is a symbolic link in this root file system: make it a directory.`,
          },
          ENOENT: { code: 'ROOTFS_UNUSABLE', hint: `Make the directory /${name} in the root file system.` },
          ENOTDIR: { code: 'ROOTFS_UNUSABLE', hint: `/${name} must be a directory in the root file system.` },
        },
      },
    );
    attach(p, mount, target, { what: `mount /${name}` });
  };
  onRoot('proc', mounts.proc, 0o555);
  onRoot('sys', mounts.sys, 0o555);
  onRoot('dev', mounts.dev);
  onRoot('tmp', mounts.tmp, 0o1777);
  below(p, mounts.dev, 'pts', mounts.pts, '/dev/pts');
  below(p, mounts.dev, 'shm', mounts.shm, '/dev/shm');
  below(p, mounts.dev, 'mqueue', mounts.mqueue, '/dev/mqueue');
}

/** After the user's mounts, which so can't land here: until then a target below /sys is on sysfs, and refused. */
export function attachCgroups({ p }: Context, mounts: PreparedMounts): void {
  p.group('file system');
  if (mounts.cgroupRoot !== undefined) below(p, mounts.sys, 'fs/cgroup', mounts.cgroupRoot, '/sys/fs/cgroup');
  for (const { name, mount } of mounts.cgroups) {
    if (mounts.cgroupRoot === undefined) below(p, mounts.sys, 'fs/cgroup', mount, '/sys/fs/cgroup');
    else below(p, mounts.cgroupRoot, name, mount, `/sys/fs/cgroup/${name}`);
  }
}

function below(p: ProgramBuilder, parent: Place, path: string, mount: Place, name: string): void {
  const beneath = { open: ['O_DIRECTORY'], resolve: ['RESOLVE_BENEATH', 'RESOLVE_NO_SYMLINKS'] } as const;
  attach(p, mount, openPath(p, load(parent), path, beneath, { what: `open ${name}` }), {
    what: `mount ${name}`,
  });
}
