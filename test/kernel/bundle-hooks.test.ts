/** Hooks of OCI bundles: at which moment, in which namespaces, and what comes of one that fails. */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { bundleContainer, type Change, stateRoot, store } from '../support/bundles.ts';
import { quickMachine } from '../support/installed.ts';
import { newDirectory, newName, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';

watchLeftovers();
beforeEach((context) => requires(context, quickMachine));

const hook = (script: string, rest: object = {}) => ({
  path: '/bin/sh',
  args: ['sh', '-c', script],
  env: ['PATH=/usr/bin:/bin:/usr/sbin:/sbin'],
  ...rest,
});

/** Each hook writes the state that it gets, and what it sees, into a file of its name. */
function writingHooks(log: string, target: string): Change {
  const seen = 'hostname; readlink /proc/self/ns/mnt; id -u';
  const onHost = (name: string) => [hook(`cat >${log}/${name}; (${seen}) >${log}/${name}.seen`)];
  return (config) => {
    Object.assign(config, { hostname: 'inside', annotations: { a: 'b' } });
    config.mounts.push({ destination: '/log', type: 'bind', source: log, options: ['bind'] });
    config['hooks'] = {
      prestart: onHost('prestart'),
      createRuntime: [
        // The mounts are there, below the root file system as this process's namespace has it, and it is still the old root.
        hook(
          `cat >${log}/createRuntime; (${seen}) >${log}/createRuntime.seen; pid=$(sed 's/.*"pid":\\([0-9]*\\).*/\\1/' ${log}/createRuntime); grep -c " ${target}/proc " /proc/$pid/mountinfo >${log}/mounted; ls /proc/$pid/root${log} >${log}/host`,
        ),
      ],
      createContainer: [
        hook(
          `cat >${log}/createContainer; (${seen}) >${log}/createContainer.seen; ls ${target}/dev/null >${log}/rootfs; ps -p $$ -o pid= >${log}/own-pid || true`,
        ),
      ],
      startContainer: [
        hook(
          `cat >/log/startContainer; (${seen}; grep CapEff /proc/self/status; ls /log) >/log/startContainer.seen`,
        ),
      ],
      poststart: onHost('poststart'),
      poststop: onHost('poststop'),
    };
  };
}

describe('the hooks of a bundle', () => {
  it('run in the order of the specification, each in its namespaces, with the state on stdin', async () => {
    const log = newDirectory();
    const { hostRoot } = await import('../support/rootfs.ts');
    const container = await bundleContainer('exec sleep 600', writingHooks(log, hostRoot));
    const read = (name: string) => readFileSync(join(log, name), 'utf8');
    const state = (name: string) => JSON.parse(read(name));
    const made = ['prestart', 'createRuntime', 'createContainer'];
    const all = [...made, 'startContainer', 'poststart', 'poststop'];
    const ran = () => all.filter((name) => existsSync(join(log, name)));
    expect(ran()).toEqual(made);
    await container.start();
    expect(ran()).toEqual(all.slice(0, -1));
    const { pid } = container;
    await container.remove({ force: true });
    expect(ran()).toEqual(all);

    const common = { ociVersion: '1.2.1', id: container.id, annotations: { a: 'b' } };
    for (const name of ['prestart', 'createRuntime'])
      expect(state(name)).toMatchObject({ ...common, status: 'creating', pid });
    expect(state('createContainer')).toMatchObject({ ...common, status: 'creating', pid: 1 });
    expect(state('startContainer')).toMatchObject({ ...common, status: 'created', pid: 1 });
    expect(state('poststart')).toMatchObject({ ...common, status: 'running', pid });
    expect(state('poststop')).toMatchObject({ ...common, status: 'stopped' });
    expect(state('poststop')).not.toHaveProperty('pid');

    const seen = (name: string) => read(`${name}.seen`).trim().split('\n');
    const [host, hostMounts] = seen('prestart');
    expect(seen('poststop')).toEqual([host, hostMounts, '0']);
    expect(host).not.toBe('inside');
    const [name, mounts] = seen('createContainer');
    expect([name, mounts === hostMounts]).toEqual(['inside', false]);
    expect(seen('startContainer').slice(0, 2)).toEqual(['inside', mounts]);
    expect(read('mounted')).toBe('1\n');
    expect(read('host')).toContain('createRuntime'); // the old root is there still
    expect(read('rootfs')).toContain('/dev/null');
    // What runs inside of the container's own programs has its privileges, not the runtime's.
    expect(read('startContainer.seen')).toContain('CapEff:\t00000000a00425fb');
  });

  it('may change what was mounted, before the container sees it', async () => {
    const { hostRoot } = await import('../support/rootfs.ts');
    const file = join(newDirectory(), 'file');
    writeFileSync(file, 'from a hook');
    await using container = await bundleContainer('exec sleep 600', (config) => {
      config.mounts.push({ destination: '/mnt', type: 'tmpfs', source: 'x' });
      config['hooks'] = {
        createContainer: [hook(`touch ${hostRoot}/mnt/file && mount --bind ${file} ${hostRoot}/mnt/file`)],
      };
    });
    await container.start();
    expect((await container.exec(['cat', '/mnt/file'])).stdout).toBe('from a hook');
  });

  it.each([
    ['prestart', 'prestart'],
    ['createRuntime', 'createRuntime'],
    ['createContainer', 'createContainer'],
  ])('of %s: one that fails ends the creation, and poststop hooks run', async (_, name) => {
    const log = newDirectory();
    const id = newName();
    const made = bundleContainer(
      'true',
      (config) => {
        config['hooks'] = {
          [name]: [hook('echo broken >&2; exit 4'), hook(`touch ${log}/second`)],
          poststop: [hook(`cat >${log}/poststop`)],
        };
      },
      { id },
    );
    const error = await refusal(made);
    expect(error).toMatchObject({ code: 'HOOK_FAILED' });
    expect(error.message).toContain(`hooks.${name}[0]: /bin/sh: exit code 4: broken`);
    expect(readdirSync(log)).toEqual(['poststop']);
    expect(JSON.parse(readFileSync(join(log, 'poststop'), 'utf8'))).toMatchObject({ id, status: 'stopped' });
    expect(store.find(id)).toBeUndefined();
    expect(readdirSync(stateRoot)).not.toContain(id);
  });

  it.each([
    ['startContainer', 'exit code 4: broken'],
    ['poststart', 'exit code 4: broken'],
  ])('of %s: one that fails stops the container', async (name, why) => {
    await using container = await bundleContainer('exec sleep 600', (config) => {
      config['hooks'] = { [name]: [hook('echo broken >&2; exit 4')] };
    });
    expect((await refusal(container.start())).message).toContain(`hooks.${name}[0]: /bin/sh: ${why}`);
    expect(await container.wait()).toEqual({ exitCode: undefined, signal: 'SIGKILL' });
    expect(await container.state()).toMatchObject({ status: 'stopped' });
  });

  it('of poststop: one that fails is told of, the next one runs, and the container is gone', async () => {
    const log = newDirectory();
    const warnings: string[] = [];
    const container = await bundleContainer(
      'true',
      (config) => {
        config['hooks'] = { poststop: [hook('exit 3'), hook(`touch ${log}/second`)] };
      },
      { onWarning: (message) => warnings.push(message) },
    );
    await container.remove({ force: true });
    expect(warnings).toEqual([expect.stringContaining('hooks.poststop[0]: /bin/sh: exit code 3')]);
    expect(readdirSync(log)).toEqual(['second']);
    expect(store.find(container.id)).toBeUndefined();
  });

  it.each(['createRuntime', 'createContainer', 'startContainer'])(
    'of %s are killed at their deadline',
    async (name) => {
      const change: Change = (config) => {
        config['hooks'] = { [name]: [hook('exec sleep 600', { timeout: 1 })] };
      };
      const start = async () => {
        await using container = await bundleContainer('exec sleep 600', change);
        await container.start();
      };
      expect((await refusal(start())).message).toMatch(/hooks\.\w+\[0\].*(ETIMEDOUT|SIGKILL|signal 9)/);
    },
  );

  it('that no program is there for are refused before anything is made', async () => {
    const id = newName();
    for (const path of ['/no/such', '/etc/passwd', '/etc']) {
      const change: Change = (config) => {
        config['hooks'] = { createContainer: [{ path }] };
      };
      const error = await refusal(bundleContainer('true', change, { id }));
      expect(error).toMatchObject({ code: 'INVALID_BUNDLE' });
      expect(error.message).toContain('hooks.createContainer[0].path');
    }
    const missing = bundleContainer('exec sleep 600', (config) => {
      config['hooks'] = { startContainer: [{ path: '/no/such' }] };
    });
    await using container = await missing; // it is the container's: only there it can be looked for
    expect((await refusal(container.start())).message).toContain('hooks.startContainer[0]: /no/such');
  });
});
