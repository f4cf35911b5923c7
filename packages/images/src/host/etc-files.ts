import type { Placed } from './tree.ts';

const directory = (path: string, mode = 0o755): Placed => [path, { type: 'directory', mode }];
const text = (path: string, content: string): Placed => [path, { type: 'text', mode: 0o644, text: content }];
const link = (path: string, target: string): Placed => [path, { type: 'link', target }];

/** The directories that hier(7) wants, mount points among them, and the merged /usr. */
export const baseDirectories: readonly Placed[] = [
  ...['dev', 'dev/pts', 'dev/shm', 'etc', 'home', 'mnt', 'opt', 'proc', 'run', 'srv', 'sys'].map((path) =>
    directory(path),
  ),
  ...['usr', 'usr/bin', 'usr/lib', 'usr/sbin', 'var', 'var/log'].map((path) => directory(path)),
  directory('root', 0o700),
  directory('tmp', 0o1777),
  directory('var/tmp', 0o1777),
  link('bin', 'usr/bin'),
  link('sbin', 'usr/sbin'),
  link('lib', 'usr/lib'),
  link('var/run', '../run'),
];

/** Nothing of the host's own /etc: its users and secrets are none of a container's business. */
export const etcFiles: readonly Placed[] = [
  text(
    'etc/passwd',
    `root:x:0:0:root:/root:/bin/sh
daemon:x:1:1:daemon:/:/bin/false
nobody:x:65534:65534:nobody:/:/bin/false
`,
  ),
  text(
    'etc/group',
    `root:x:0:
daemon:x:1:
tty:x:5:
nogroup:x:65534:
`,
  ),
  text(
    'etc/nsswitch.conf',
    `passwd: files
group: files
hosts: files dns
services: files
protocols: files
`,
  ),
  text('etc/hostname', 'tctl\n'),
  text('etc/hosts', '127.0.0.1 localhost\n::1 localhost ip6-localhost\n'),
  // Empty, for a runtime to mount the real one over.
  text('etc/resolv.conf', ''),
  text(
    'etc/os-release',
    `ID=tctl-host
NAME="tctl host image"
PRETTY_NAME="tctl host image"
`,
  ),
  text(
    'etc/profile',
    `export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
if [ -n "$BASH_VERSION" ]; then PS1='\\u@\\h:\\w\\$ '; else PS1="$(hostname 2>/dev/null):"'$PWD $ '; fi
`,
  ),
  // df(1) and older versions of mount(8) look here.
  link('etc/mtab', '../proc/self/mounts'),
];

/** Without its runtime files vim complains of the missing defaults.vim at each start. */
export const vimFiles: readonly Placed[] = ['etc/vim/vimrc', 'etc/vimrc'].map((path) =>
  text(path, 'let skip_defaults_vim = 1\nset nocompatible backspace=indent,eol,start ruler\n'),
);
