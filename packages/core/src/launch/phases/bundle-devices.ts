/** Device files of an OCI bundle, and the links beside them, made in the /dev that its mounts have given it. */
import { atFlags, openFlags, resolveFlags } from '@tc/linux';
import type { DeviceSpec } from '../bundle-spec.ts';
import { address, cell, flags, load, number, string, words } from '../data.ts';
import type { Diagnosis, Operand, Place } from '../program.ts';
import { makePath } from './bind-mounts.ts';
import type { BundleContext } from './bundle-context.ts';
import { deviceLinks } from './devices.ts';
import { attach, cloneMount, cwd, openPath } from './mount-calls.ts';

const types = { c: 0o20000, b: 0o60000, p: 0o10000 } as const;
const EEXIST = -17;

/** In a user namespace no device can be made: the host's are bound, and have to be copied while they can be named. */
export function prepareDevices({ p, spec }: BundleContext): (Place | undefined)[] {
  if (spec.namespaces.user === undefined) return spec.devices.map(() => undefined);
  return spec.devices.map(({ path }) => cloneMount(p, { path }, { what: `open the host’s ${path}` }));
}

export function makeBundleDevices(c: BundleContext, bound: readonly (Place | undefined)[]): void {
  const { p, spec } = c;
  p.group('file system');
  for (const [index, device] of spec.devices.entries()) {
    const mount = bound[index];
    if (mount === undefined) makeDevice(c, device);
    else bindOnto(c, mount, device.path);
  }
  if (!spec.deviceLinks) return;
  const [dev, none] = [cell('dev_fd'), p.label()];
  const how = { open: ['O_DIRECTORY'], resolve: ['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] } as const;
  openPath(p, cwd, '/dev', how, { what: 'open /dev', tolerate: ['ENOENT', 'ENOTDIR'], result: dev });
  p.jumpIf(load(dev), 'lt', 0, none);
  for (const [target, name] of deviceLinks) {
    p.call('symlinkat', [string(target), load(dev), string(name)], {
      what: `make /dev/${name}`,
      tolerate: ['EEXIST', 'EROFS'],
    });
  }
  p.call('close', [load(dev)], { what: 'close /dev' });
  p.place(none);
}

function makeDevice(c: BundleContext, { path, type, major, minor, mode, uid, gid }: DeviceSpec): void {
  const { p } = c;
  const slash = path.lastIndexOf('/');
  const [directory, name] = [path.slice(0, slash) || '/', path.slice(slash + 1)];
  if (directory !== '/') makePath(c, directory, 'directory');
  const how = { open: ['O_DIRECTORY'], resolve: ['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] } as const;
  const parent = openPath(p, cwd, directory, how, { what: `open ${directory}` });
  const [made, exists] = [cell('made'), p.label()];
  const device = (minor & 0xff) + major * 256 + (minor >> 8) * 2 ** 20;
  const permissions = number(
    types[type] | mode,
    `S_IF${{ c: 'CHR', b: 'BLK', p: 'IFO' }[type]}|0${mode.toString(8)}`,
  );
  p.call(
    'mknodat',
    [load(parent), string(name), permissions, number(device, `makedev(${major}, ${minor})`)],
    {
      what: `make ${path}`,
      tolerate: ['EEXIST'],
      result: made,
    },
  );
  p.jumpIf(load(made), 'eq', EEXIST, exists);
  if (uid !== 0 || gid !== 0) {
    p.call('fchownat', [load(parent), string(name), uid, gid, flags(atFlags, 'AT_SYMLINK_NOFOLLOW')], {
      what: `give ${path} to ${uid}:${gid}`,
    });
  }
  p.place(exists);
  p.call('close', [load(parent)], { what: `close ${directory}` });
}

function bindOnto(c: BundleContext, mount: Place, path: string): void {
  const { p } = c;
  makePath(c, path, 'file');
  const how = { open: [], resolve: ['RESOLVE_IN_ROOT', 'RESOLVE_NO_MAGICLINKS'] } as const;
  attach(p, mount, openPath(p, cwd, path, how, { what: `open ${path}` }), { what: `bind ${path}` });
}

/** The terminal, as /dev/console. */
export function bindBundleConsole(c: BundleContext): void {
  bindOnto(c, cloneMount(c.p, { directory: load(c.slave) }, { what: 'bind the terminal' }), '/dev/console');
}

/** Below the container's own proc, before it is made read-only. */
export function setBundleSysctls({ p, spec }: BundleContext): void {
  if (spec.sysctls.length === 0) return;
  p.group('namespaces');
  const fd = cell('sysctl_fd');
  const open: Operand = flags(openFlags, 'O_WRONLY', 'O_CLOEXEC');
  const resolve = flags(resolveFlags, 'RESOLVE_NO_SYMLINKS');
  const how = words([open, number(0), resolve], '{flags=O_WRONLY|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS}');
  for (const { name, value } of spec.sysctls) {
    const path = `/proc/sys/${name.replaceAll('.', '/')}`;
    const refused: Diagnosis = {
      code: 'SYSCTL_REFUSED',
      hint: `linux.sysctl: the kernel does not take ${name}.`,
    };
    p.call('openat2', [cwd, string(path), address(how), how.size], {
      what: `open the setting ${name}`,
      result: fd,
      diagnose: { ENOENT: refused, other: refused },
    });
    p.call('write', [load(fd), string(value), Buffer.byteLength(value)], {
      what: `set ${name} to ${value}`,
      diagnose: { other: refused },
    });
    p.call('close', [load(fd)], { what: `close ${name}` });
  }
}
