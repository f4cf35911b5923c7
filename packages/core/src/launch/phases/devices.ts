/** The container's /dev, in the workspace: devices that do no harm, and the links that programs expect. */
import type { Diagnoses, ProgramBuilder } from '../builder.ts';
import { number, string } from '../data.ts';
import type { DeviceSpec } from '../spec.ts';
import type { Context } from './context.ts';
import { attach, cloneMount, cwd } from './mount-calls.ts';

/** [name, major, minor]: Documentation/admin-guide/devices.txt */
const devices = [
  ['null', 1, 3],
  ['zero', 1, 5],
  ['full', 1, 7],
  ['random', 1, 8],
  ['urandom', 1, 9],
  ['tty', 5, 0],
] as const;

/** What it leads to, and its name in /dev. */
export const deviceLinks = [
  ['/proc/self/fd', 'fd'],
  ['/proc/self/fd/0', 'stdin'],
  ['/proc/self/fd/1', 'stdout'],
  ['/proc/self/fd/2', 'stderr'],
  ['pts/ptmx', 'ptmx'],
] as const;

export function makeDevices({ p, spec }: Context): void {
  p.call('mkdirat', [cwd, string('dev'), number(0o755, '0755')], { what: 'make dev' });
  for (const name of ['dev/pts', 'dev/shm', 'dev/mqueue']) {
    p.call('mkdirat', [cwd, string(name), number(0o755, '0755')], { what: `make ${name}` });
  }
  for (const [name, major, minor] of devices) {
    const path = string(`dev/${name}`);
    const what = `make /dev/${name}`;
    if (spec.namespaces.user === undefined) {
      const type = number(0o20666, 'S_IFCHR|0666');
      p.call('mknodat', [cwd, path, type, number((major << 8) | minor, `makedev(${major}, ${minor})`)], {
        what,
      });
    } else {
      // mknod(2) needs privilege over the host: bind the host's own node onto a file instead.
      p.call('mknodat', [cwd, path, number(0o100666, 'S_IFREG|0666'), 0], { what });
      attach(p, cloneMount(p, { path: `/dev/${name}` }, { what: `bind /dev/${name}` }), `dev/${name}`, {
        what,
      });
    }
  }
  for (const device of spec.devices ?? []) giveDevice(p, device, spec.namespaces.user !== undefined);
  if (spec.terminal !== undefined) {
    p.call('mknodat', [cwd, string('dev/console'), number(0o100620, 'S_IFREG|0620'), 0], {
      what: 'make /dev/console',
      why: 'the terminal is bound onto it',
    });
  }
  for (const [target, name] of deviceLinks) {
    p.call('symlinkat', [string(target), cwd, string(`dev/${name}`)], { what: `make /dev/${name}` });
  }
}

/** A node of the container's own, with the owner and mode that the host's has; in a user namespace the host's. */
function giveDevice(p: ProgramBuilder, device: DeviceSpec, isBound: boolean): void {
  const { source, target, type, major, minor, mode, uid, gid } = device;
  const path = target.slice(1);
  const names = path.split('/');
  for (const count of names.keys()) {
    if (count < 2) continue;
    const directory = names.slice(0, count).join('/');
    p.call('mkdirat', [cwd, string(directory), number(0o755, '0755')], {
      what: `make /${directory}`,
      tolerate: ['EEXIST'],
    });
  }
  const what = `make ${target}`;
  const taken: Diagnoses = {
    EEXIST: { code: 'INVALID_OPTION', hint: 'There is one of that name already: choose another.' },
  };
  if (isBound) {
    p.call('mknodat', [cwd, string(path), number(0o100600, 'S_IFREG|0600'), 0], { what, diagnose: taken });
    const node = cloneMount(p, { path: source }, { what: `bind ${source}` });
    attach(p, node, path, { what });
    return;
  }
  const bits = (type === 'c' ? 0o20000 : 0o60000) | mode;
  const kind = number(bits, `${type === 'c' ? 'S_IFCHR' : 'S_IFBLK'}|0${mode.toString(8)}`);
  p.call(
    'mknodat',
    [cwd, string(path), kind, number(encodeDevice(major, minor), `makedev(${major}, ${minor})`)],
    {
      what,
      why: `${source} of the host, which it was given`,
      diagnose: taken,
    },
  );
  p.call('fchownat', [cwd, string(path), uid, gid, 0], { what: `give it the owner that ${source} has` });
}

/** As the kernel takes it: linux/kdev_t.h, new_encode_dev(). */
function encodeDevice(major: number, minor: number): number {
  return (minor & 0xff) + major * 2 ** 8 + (minor & ~0xff) * 2 ** 12;
}
