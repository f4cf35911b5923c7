/** The container's /dev, in the workspace: devices that do no harm, and the links that programs expect. */
import { number, string } from '../data.ts';
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

const links = [
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
  for (const [target, name] of links) {
    p.call('symlinkat', [string(target), cwd, string(`dev/${name}`)], { what: `make /dev/${name}` });
  }
}
