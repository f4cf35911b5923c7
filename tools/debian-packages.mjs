// The Debian packages that the tests need.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';

/** Command -> package, of the tests that need the kernel. */
export const kernelTestPackages = {
  ip: 'iproute2',
  ps: 'procps',
  perl: 'perl-base',
  'mkfs.ext4': 'e2fsprogs',
  newuidmap: 'uidmap',
  setpriv: 'util-linux',
  apparmor_parser: 'apparmor',
  systemctl: 'systemd',
  'dbus-daemon': 'dbus-daemon',
};

/** Command -> package, of the tests of images: what they have to get along with. */
export const imageTestPackages = {
  'docker-registry': 'docker-registry',
  podman: 'podman',
  skopeo: 'skopeo',
  umoci: 'umoci',
};

/** Command -> package, of the engines that run tc-runtime, and of runc, which they are compared with. */
export const clientTestPackages = {
  podman: 'podman',
  runc: 'runc',
  ctr: 'containerd',
  dockerd: 'docker.io',
  buildah: 'buildah',
  catatonit: 'catatonit',
  setpriv: 'util-linux',
};

/** Command -> package, of the tests of the command line: shells that complete it, what checks the manual and the metrics. */
export const commandTestPackages = {
  bash: 'bash',
  zsh: 'zsh',
  fish: 'fish',
  mandoc: 'mandoc',
  man: 'man-db',
  groff: 'groff-base',
  promtool: 'prometheus',
};

/**
 * Installs the Debian packages whose commands are missing, where this is Debian and root may do that. Elsewhere it
 * says what is missing: the tests that need it skip themselves with that reason.
 * @param {Record<string, string>} commands command -> package
 */
export function installDebianPackages(commands) {
  const missing = Object.entries(commands).filter(([command]) => !isInstalled(command));
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map(([, name]) => name))];
  if (process.getuid() !== 0 || !isInstalled('apt-get')) {
    console.log(`missing: ${packages.join(', ')}; some tests will be skipped`);
    return;
  }
  console.log(`installing ${packages.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env };
  const wait = ['-o', 'DPkg::Lock::Timeout=600']; // somebody else may be installing
  spawnSync('apt-get', [...wait, 'update', '-q'], quiet);
  spawnSync('apt-get', [...wait, 'install', '-qy', '--no-install-recommends', ...packages], quiet);
}

function isInstalled(command) {
  return (process.env.PATH ?? '').split(':').some((directory) => {
    try {
      accessSync(join(directory, command), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
