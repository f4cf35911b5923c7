/** Bundles of an ordinary user: `spec --rootless`, and everything that tc-runtime does with its container. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';
import { startCommand, tctl } from './support/command.ts';
import { asNobody, newHome, readableByOthers, userNamespaces } from './support/nobody.ts';
import { type Config, runtimePath } from './support/oci.ts';
import { newDirectory, newName } from './support/suite.ts';

const runtime = (home: string, ...words: string[]) => asNobody(home, [runtimePath, ...words]);

/** Writes a bundle as the user, and changes it. */
async function makeBundle(home: string, script: string, change: (config: Config) => void = () => {}) {
  expect(await runtime(home, 'spec', '--rootless', '--bundle', home)).toMatchObject({ code: 0, stderr: '' });
  const path = join(home, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8')) as Config;
  Object.assign(config.process, { terminal: false, args: ['sh', '-c', script] });
  Object.assign(config, { root: { path: hostRoot, readonly: true } });
  change(config);
  writeFileSync(path, JSON.stringify(config));
  return path;
}

const canMapIds = () =>
  ['/usr/bin/newuidmap', '/usr/bin/newgidmap', '/etc/subuid', '/etc/subgid'].every(existsSync)
    ? undefined
    : 'this machine has no newuidmap, or no /etc/subuid';

describe('an ordinary user', () => {
  it('runs a bundle as root inside, and only there', async (context) => {
    requires(context, readableByOthers, userNamespaces);
    const home = newHome();
    await makeBundle(
      home,
      'id -u; tr -s " " </proc/self/uid_map; cat /proc/sys/kernel/hostname; touch /dev/shm/x && exit 7',
    );
    const finished = await runtime(home, '--rootless', 'true', 'run', '--bundle', home, newName());
    expect(finished).toMatchObject({ code: 7, stdout: '0\n 0 65534 1\ntc-runtime\n', stderr: '' });
    expect(readdirSync(join(home, 'run/tc-runtime'))).toEqual([]);
  });

  it('has one made, started, looked at, run more in, killed and deleted', async (context) => {
    requires(context, readableByOthers, userNamespaces);
    const home = newHome();
    const id = newName();
    await makeBundle(home, 'exec sleep 600 >/dev/null 2>&1');
    const succeed = async (...words: string[]) => {
      const { code, stdout, stderr } = await runtime(home, ...words);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      return stdout;
    };
    try {
      // Its streams are those of who makes it: with a pipe we would wait for its end.
      const script = 'exec "$0" create --bundle "$1" "$2" >/dev/null 2>&1';
      const made = await asNobody(home, ['sh', '-c', script, runtimePath, home, id]);
      expect(made.code).toBe(0);
      expect(JSON.parse(await succeed('state', id))).toMatchObject({ status: 'created', owner: '65534' });
      await succeed('start', id);
      expect(await succeed('exec', id, 'sh', '-c', 'id -u; cat /proc/1/comm')).toBe('0\nsleep\n');
      await succeed('kill', id, 'KILL');
      await expect
        .poll(async () => JSON.parse(await succeed('state', id)).status, { timeout: scaled(10_000) })
        .toBe('stopped');
      await succeed('delete', id);
    } finally {
      await succeed('delete', '--force', id);
    }
    expect(existsSync(join(home, 'run/tc-runtime', id))).toBe(false);
  });

  it('has more ids where /etc/subuid gives it some', async (context) => {
    requires(context, readableByOthers, userNamespaces, canMapIds);
    const home = newHome();
    const ids = join(newDirectory(), 'ids');
    writeFileSync(ids, '65534:200000:1000\n');
    await makeBundle(
      home,
      'id -u; tr -s " " </proc/self/uid_map; tr -s " " </proc/self/gid_map; id -G',
      (config) => {
        const map = [
          { containerID: 0, hostID: 65534, size: 1 },
          { containerID: 1, hostID: 200_000, size: 1000 },
        ];
        Object.assign(config.linux, { uidMappings: map, gidMappings: map });
        config.process['user'] = { uid: 5, gid: 6, additionalGids: [7] };
      },
    );
    // In a mount namespace of its own: the machine's files stay as they are.
    const script =
      'mount --bind "$1" /etc/subuid && mount --bind "$1" /etc/subgid && shift && exec setpriv --reuid=65534 --regid=65534 --clear-groups "$@"';
    const env = ['env', '-i', `HOME=${home}`, `XDG_RUNTIME_DIR=${home}/run`];
    const command = [...env, runtimePath, 'run', '--bundle', home, newName()];
    const finished = await startCommand(['unshare', '--mount', 'sh', '-c', script, 'sh', ids, ...command])
      .ended;
    const map = ' 0 65534 1\n 1 200000 1000\n';
    expect(finished).toMatchObject({ code: 0, stdout: `5\n${map}${map}6 7\n`, stderr: '' });
  });

  it('is told what it can’t have', async (context) => {
    requires(context, readableByOthers, userNamespaces);
    const refused = async (change: (config: Config) => void) => {
      const home = newHome();
      await makeBundle(home, 'true', change);
      const { code, stderr } = await runtime(home, 'run', '--bundle', home, newName());
      expect(code).not.toBe(0);
      return stderr;
    };
    expect(
      await refused((config) => {
        config.linux['namespaces'] = ['pid', 'mount', 'uts'].map((type) => ({ type }));
      }),
    ).toContain('linux.namespaces lacks a user namespace');
    expect(
      await refused((config) => {
        config.process['user'] = { uid: 0, gid: 0, additionalGids: [7] };
      }),
    ).toContain('process.user.additionalGids');
    const source = newDirectory();
    expect(
      await refused((config) => {
        config.mounts.push({ destination: '/mnt', type: 'bind', source, options: ['bind', 'idmap'] });
      }),
    ).toContain('only root can give a mount');
  });
});

describe('tctl spec', () => {
  it('writes a bundle that tc-runtime runs, and overwrites nothing', async () => {
    const bundle = newDirectory();
    const path = join(bundle, 'config.json');
    expect(await tctl('spec', '--bundle', bundle)).toMatchObject({ code: 0, stdout: `${path}\n` });
    const { process, linux } = JSON.parse(readFileSync(path, 'utf8'));
    expect(process.args).toEqual(['sh']);
    expect(linux.uidMappings).toBeUndefined();
    const again = await tctl('spec', '--bundle', bundle);
    expect(again.code).toBe(1);
    expect(again.stderr).toContain('CONFIG_EXISTS');
    const other = newDirectory();
    await tctl('spec', '--rootless', '-b', other);
    const rootless = JSON.parse(readFileSync(join(other, 'config.json'), 'utf8'));
    expect(rootless.linux.uidMappings).toEqual([{ containerID: 0, hostID: 0, size: 1 }]);
  });
});
