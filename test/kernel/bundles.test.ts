import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { execOci, type OciProcess } from '@tc/core/oci';
import { readCgroupHost } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { bundleContainer, cgroupsPathOf, collect, runBundle, stateRoot, store } from '../support/bundles.ts';
import { newDirectory, newName, refusal, watchLeftovers } from '../support/kernel.ts';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { mode, requires } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const isV1 = readCgroupHost().mode !== 'v2';

const cgroupsOf = (path: string) =>
  cgroupMountPoints()
    .map((point) => join(point, path))
    .filter(existsSync);

describe('Container.fromBundle', () => {
  it('makes a container whose command waits for start(), and tells how it ends', async () => {
    await using container = await bundleContainer('echo out; echo err >&2; exit 7', undefined, {
      stdout: 'pipe',
      stderr: 'pipe',
    });
    const output = [collect(container.stdout), collect(container.stderr)];
    expect(await container.state()).toMatchObject({
      id: container.id,
      status: 'created',
      pid: container.pid,
    });
    await container.start();
    expect(await container.wait()).toEqual({ exitCode: 7, signal: undefined });
    expect(await container.wait()).toEqual({ exitCode: 7, signal: undefined });
    expect(await Promise.all(output)).toEqual(['out\n', 'err\n']);
    expect(await container.state()).toMatchObject({ status: 'stopped' });
    expect((await refusal(container.start())).message).toContain('has stopped');
    await container.remove();
    expect(cgroupsOf(cgroupsPathOf(container.id))).toEqual([]);
    expect(await refusal(container.state())).toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });

  it('can be killed, and runs more processes meanwhile', async () => {
    await using container = await bundleContainer('exec sleep 600', (config) => {
      config.process['env'] = ['PATH=/usr/bin:/bin', 'A=of the bundle', 'B=too'];
    });
    await container.start();
    const script =
      'id -u; id -g; pwd; echo $A, $B; cat; cat /proc/1/comm; grep CapBnd /proc/self/status; exit 9';
    const { exitCode, stdout, stderr } = await container.exec(['sh', '-c', script], {
      user: { uid: 1000, gid: 1001 },
      env: { A: 'b' },
      cwd: '/proc',
      input: 'typed\n',
    });
    expect({ exitCode, stderr }).toEqual({ exitCode: 9, stderr: '' });
    expect(stdout).toMatch(/^1000\n1001\n\/proc\nb, too\ntyped\nsleep\nCapBnd:\t00000000a00425fb\n$/);
    expect(await refusal(container.exec(['no-such-command']))).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    expect(await container.pids()).toEqual([container.pid]);
    await container.pause();
    expect(await container.state()).toMatchObject({ status: 'paused' });
    expect(await refusal(container.exec(['true']))).toMatchObject({ code: 'CONTAINER_PAUSED' });
    await container.resume();
    expect(await refusal(container.remove())).toMatchObject({ code: 'CONTAINER_RUNNING' });
    await container.kill('SIGKILL');
    expect(await container.wait()).toEqual({ exitCode: undefined, signal: 'SIGKILL' });
  });

  it('runs a process in a cgroup below its own, and nowhere else', async () => {
    await using container = await bundleContainer('exec sleep 600');
    await container.start();
    const path = cgroupsPathOf(container.id);
    const [directory = '', ...others] = cgroupsOf(path).filter(
      (each) => !isV1 || each.includes('/pids/') || each.includes('/memory/'),
    );
    mkdirSync(join(directory, 'a/b'), { recursive: true });
    const name = isV1 ? `${directory.includes('/pids/') ? 'pids' : 'memory'}:` : '';
    const run = (...cgroup: readonly string[]) =>
      execOci(store, container.id, (own: OciProcess) => ({ ...own, args: ['sleep', '600'] }), { cgroup });
    const { pid } = await run(`${name}/a/b`);
    expect(readFileSync(join(directory, 'a/b/cgroup.procs'), 'utf8')).toBe(`${pid}\n`);
    for (const other of others)
      expect(readFileSync(join(other, 'cgroup.procs'), 'utf8').split('\n')).toContain(`${pid}`);
    for (const bad of [
      `${name}nowhere`,
      `${name}../x`,
      `${name}a/../..`,
      name,
      'nothing:a',
      'constructor:a',
      ':a',
    ])
      expect(await refusal(run(bad)), bad).toMatchObject({ code: 'SUB_CGROUP' });
    expect(await refusal(run(`${name}a`, `${name}a/b`))).toMatchObject({ code: 'SUB_CGROUP' });
    await container.kill('SIGKILL', { all: true });
    await container.wait();
  });

  it('has all of its processes signalled, where that is asked for', async () => {
    await using container = await bundleContainer('trap "" USR1; sleep 600 & sleep 601 & sleep 602; wait');
    await container.start();
    await expect.poll(() => container.pids(), { timeout: scaled(10_000) }).toHaveLength(4);
    await container.kill('SIGUSR1', { all: true }); // which children of the shell ignore, too
    expect(await container.pids()).toHaveLength(4);
    await container.kill(9, { all: true });
    await container.wait();
  });

  it('has all of its processes killed also where they are frozen', async () => {
    await using container = await bundleContainer('sleep 600');
    await container.start();
    await container.pause();
    for (const directory of cgroupsOf(cgroupsPathOf(container.id))) {
      const state = join(directory, 'freezer.state');
      if (existsSync(state)) writeFileSync(state, 'FROZEN');
    }
    await container.kill('SIGKILL', { all: true });
    expect(await container.wait()).toEqual({ exitCode: undefined, signal: 'SIGKILL' });
  });

  it.each([
    ['is not in PATH', ['no-such-command'], 'COMMAND_NOT_FOUND'],
    ['has a path to nothing', ['/no/such'], 'COMMAND_NOT_FOUND'],
    ['can’t be executed', ['/etc/passwd'], 'COMMAND_NOT_EXECUTABLE'],
  ])('refuses a command that %s, when it is made', async (_, args, code) => {
    const id = newName();
    const made = bundleContainer('', (config) => Object.assign(config.process, { args }), { id });
    expect(await refusal(made)).toMatchObject({ code });
    expect(cgroupsOf(cgroupsPathOf(id))).toEqual([]);
    expect(store.find(id)).toBeUndefined();
  });

  it('refuses an id or cgroups that are taken, and a directory that is no bundle', async () => {
    await using container = await bundleContainer('sleep 600');
    const again = bundleContainer('true', undefined, { id: container.id });
    expect(await refusal(again)).toMatchObject({ code: 'CONTAINER_EXISTS' });
    const sharing = bundleContainer('true', (config) =>
      Object.assign(config.linux, { cgroupsPath: cgroupsPathOf(container.id) }),
    );
    expect(await refusal(sharing)).toMatchObject({ code: 'CGROUP_IN_USE' });
    expect(await refusal(Container.fromBundle(newDirectory()))).toMatchObject({ code: 'BUNDLE_NOT_FOUND' });
  });

  it('makes the cgroups above its own where they are missing, and removes those again that it made', async () => {
    const parent = `/tctl-${newName()}`;
    const inParent = (name: string) => (config: { linux: object }) =>
      void Object.assign(config.linux, { cgroupsPath: `${parent}/between/${name}` });
    const first = await bundleContainer('true', inParent('one'));
    const second = await bundleContainer('true', inParent('two'));
    expect(cgroupsOf(`${parent}/between/two`).length).toBeGreaterThan(0);
    // What is above them is nobody's to end.
    const above = bundleContainer('true', (config) =>
      Object.assign(config.linux, { cgroupsPath: `${parent}/between` }),
    );
    expect(await refusal(above)).toMatchObject({ code: 'CGROUP_IN_USE' });
    await second.remove({ force: true }); // which made only its own
    expect(cgroupsOf(`${parent}/between`).length).toBeGreaterThan(0);
    await first.remove({ force: true });
    expect(cgroupsOf(parent)).toEqual([]);
  });

  it('is held to its limits, which update() changes: all, or none', async () => {
    await using container = await bundleContainer('exec sleep 600', (config) => {
      config.linux['resources'] = { memory: { limit: 64 * 2 ** 20 }, pids: { limit: 20 } };
    });
    await container.start();
    const memory = isV1 ? 'memory.limit_in_bytes' : 'memory.max';
    const limits = () =>
      [memory, 'pids.max'].map((name) => {
        const directories = cgroupsOf(cgroupsPathOf(container.id));
        const file = directories.map((each) => join(each, name)).find(existsSync);
        return readFileSync(file ?? name, 'utf8').trim();
      });
    expect(limits()).toEqual([String(64 * 2 ** 20), '20']);
    const devices = [{ allow: true, type: 'c', major: 1, minor: 3, access: 'rw' }];
    await container.update({ memory: { limit: 128 * 2 ** 20 }, pids: { limit: 30 }, devices });
    expect(limits()).toEqual([String(128 * 2 ** 20), '30']);
    // No CPU has that number: what was set before it is put back.
    const refused = container.update({
      memory: { limit: 2 ** 25 },
      pids: { limit: 50 },
      cpu: { cpus: '9999' },
    });
    await refusal(refused);
    expect(limits()).toEqual([String(128 * 2 ** 20), '30']);
    const tooLow = container.update({ memory: { limit: 4096, checkBeforeUpdate: true } });
    expect(await refusal(tooLow)).toMatchObject({ code: 'LIMIT_BELOW_USAGE' });
    expect(limits()).toEqual([String(128 * 2 ** 20), '30']);
  });

  it('has its weight for disks in every file that the kernel has for that', async (context) => {
    requires(context, mode('v2'));
    await using container = await bundleContainer('true', (config) => {
      config.linux['resources'] = { blockIO: { weight: 1000 } };
    });
    const [directory = ''] = cgroupsOf(cgroupsPathOf(container.id));
    const files = { 'io.bfq.weight': 'default 1000', 'io.weight': 'default 10000' };
    for (const [name, text] of Object.entries(files).filter(([each]) => existsSync(join(directory, each))))
      expect([name, readFileSync(join(directory, name), 'utf8').trim()]).toEqual([name, text]);
    expect(existsSync(join(directory, 'io.max'))).toBe(true);
  });

  it('can’t be started while it is paused, and can afterwards', async () => {
    await using container = await bundleContainer('exit 3');
    await container.pause();
    expect(await refusal(container.start())).toMatchObject({ code: 'CONTAINER_PAUSED' });
    await container.resume();
    await container.start();
    expect(await container.wait()).toMatchObject({ exitCode: 3 });
  });

  it('joins namespaces by their paths', async () => {
    await using first = await bundleContainer('sleep 60');
    const seen = await runBundle('readlink /proc/self/ns/ipc /proc/self/ns/uts; hostname', (config) => {
      config.linux['namespaces'] = [
        ...['pid', 'network', 'mount', 'cgroup'].map((type) => ({ type })),
        ...['ipc', 'uts'].map((type) => ({ type, path: `/proc/${first.pid}/ns/${type}` })),
      ];
      delete config['hostname'];
    });
    const links = ['ipc', 'uts'].map((name) => readlinkSync(`/proc/${first.pid}/ns/${name}`));
    expect(seen).toBe(`${links.join('\n')}\ntc-runtime\n`);
  });

  it('leaves nothing of a start that fails halfway', async () => {
    const id = newName();
    const made = bundleContainer(
      'true',
      (config) => void config.mounts.push({ destination: '/mnt', type: 'nosuchfs', source: 'x' }),
      { id },
    );
    expect(await refusal(made)).toMatchObject({ code: 'MOUNT_UNSUPPORTED' });
    expect(cgroupsOf(cgroupsPathOf(id))).toEqual([]);
    expect(readdirSync(stateRoot)).not.toContain(id);
  });

  it('gives its streams to its user, who can open them again', async () => {
    const seen = await runBundle('echo a >/dev/stdout; id -u', (config) => {
      config.process['user'] = { uid: 1000, gid: 1000 };
    });
    expect(seen).toBe('a\n1000\n');
  });
});
