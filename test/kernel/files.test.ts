import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import {
  box,
  directory,
  makeContainer,
  newDirectory,
  newName,
  refusal,
  watchLeftovers,
} from '../support/kernel.ts';
import { logged } from '../support/logged.ts';
import { requires, tool } from '../support/requires.ts';
import { hostRoot, ownRootfs } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const text = { encoding: 'utf8' } as const;
const users = [
  ['as it is', false],
  ['in a user namespace', true],
] as const;

async function sleeping(options: Parameters<typeof makeContainer>[1] = {}): Promise<Container> {
  const container = await makeContainer('echo up; sleep 1000', options);
  await container.start();
  await logged(container, 'up');
  return container;
}

describe('the files of a container that runs', () => {
  it.for(users)('%s are read, written, listed and removed', async ([, user], context) => {
    if (user) requires(context, usualIdMap);
    await using container = await sleeping({ namespaces: { user } });
    const { files } = container;
    expect(await files.read('/etc/passwd', text)).toBe(readFileSync(join(hostRoot, 'etc/passwd'), 'utf8'));
    await files.write('/etc/new', 'from outside');
    await files.mkdir('/srv/a/b', { recursive: true });
    await files.write('/srv/a/b/owned', 'x', { uid: 5, gid: 6, mode: 0o640 });
    await files.write('/tmp/temporary', 'y');
    const { stdout } = await container.exec([
      'sh',
      '-c',
      'cat /etc/new; echo; stat -c "%n %u %g %a" /etc/new /srv/a/b /srv/a/b/owned /tmp/temporary; echo inside > /srv/a/c',
    ]);
    expect(stdout.split('\n')).toEqual([
      'from outside',
      '/etc/new 0 0 644',
      '/srv/a/b 0 0 755',
      '/srv/a/b/owned 5 6 640',
      '/tmp/temporary 0 0 644',
      '',
    ]);
    expect((await files.list('/srv/a')).map(({ name, type, uid }) => [name, type, uid])).toEqual([
      ['b', 'directory', 0],
      ['c', 'file', 0],
    ]);
    expect(await files.read('/srv/a/c', text)).toBe('inside\n');
    await files.remove('/srv/a', { recursive: true });
    expect((await container.exec(['ls', '/srv'])).stdout).toBe('');
    expect(existsSync(join(hostRoot, 'etc/new'))).toBe(false);
  });

  it.for(users)('%s are copied in and out', async ([, user], context) => {
    if (user) requires(context, usualIdMap);
    const source = join(newDirectory(), 'source');
    mkdirSync(join(source, 'sub'), { recursive: true });
    writeFileSync(join(source, 'sub/run'), '#!/bin/sh\necho "run by $(id -u)"\n', { mode: 0o755 });
    await using container = await sleeping({ namespaces: { user } });
    await container.files.copyIn(source, '/opt/copy').catch(() => container.files.copyIn(source, '/copy'));
    const script =
      'cd /opt/copy 2>/dev/null || cd /copy; sub/run; ln -s /etc/shadow link; mkfifo fifo; echo x > result; chmod 4755 result; pwd';
    const { stdout, stderr } = await container.exec(['sh', '-c', script]);
    expect(stderr).toBe('');
    const [said, path] = stdout.split('\n');
    expect(said).toBe('run by 0');
    const target = join(newDirectory(), 'target');
    const { skipped } = await container.files.copyOut(path ?? '', target);
    expect(skipped).toHaveLength(1);
    expect(readdirSync(target)).toEqual(['link', 'result', 'sub']);
    expect(statSync(join(target, 'result'))).toMatchObject({ mode: 0o100755, uid: process.geteuid?.() });
  });

  it('show what is mounted, and no way out of it', async () => {
    const host = newDirectory();
    writeFileSync(join(host, 'file'), 'of the host');
    await using container = await sleeping({ mounts: [`${host}:/data:ro`] });
    const { files } = container;
    expect(await files.read('/data/file', text)).toBe('of the host');
    expect(await refusal(files.write('/data/file', 'x'))).toMatchObject({ code: 'EROFS' });
    expect(await files.read('/data/../data/file', text)).toBe('of the host');
    const links = `ln -s ${host}/file /tmp/absolute; ln -s ../../../..${host}/file /tmp/up; ln -s /proc/1/root /tmp/root; ln -s /proc/1/cwd /tmp/cwd`;
    expect((await container.exec(['sh', '-c', links])).stderr).toBe('');
    for (const name of ['absolute', 'up'])
      expect(await refusal(files.read(`/tmp/${name}`))).toMatchObject({ code: 'ENOENT' });
    // Magic links lead where their process is, whatever the root.
    for (const name of ['root', 'cwd'])
      expect((await refusal(files.read(`/tmp/${name}/etc/passwd`)))['code']).toMatch(/^(ELOOP|ENOENT)$/);
    expect(await refusal(files.read('/dev/zero'))).toMatchObject({ code: 'NOT_A_FILE' });
    expect(await refusal(files.write('/proc/sys/kernel/core_pattern', 'x'))).toMatchObject({
      code: expect.stringMatching(/^(EROFS|EACCES|EPERM|ENOENT)$/),
    });
  });

  it('are safe from a process that exchanges directories for links', {
    timeout: scaled(60_000),
  }, async (context) => {
    requires(context, tool('perl'));
    const host = newDirectory();
    writeFileSync(join(host, 'file'), 'outside');
    const number = process.arch === 'arm64' ? 276 : 316; // renameat2, RENAME_EXCHANGE
    const script = `mkdir -p /x/it; echo inside > /x/it/file; ln -s ${host} /x/link; cd /x; echo up; exec perl -e 'my ($a, $b) = ("it", "link"); syscall(${number}, -100, $a, -100, $b, 2) while 1'`;
    await using container = await makeContainer(script, { limits: { cpus: 0.5 } });
    await container.start();
    await logged(container, 'up');
    let worked = 0;
    for (let round = 0; round < 300; round += 1) {
      try {
        expect(await container.files.read('/x/it/file', text)).toMatch(/^inside/);
        await container.files.write('/x/it/file', 'inside');
        worked += 1;
      } catch (error) {
        expect((error as { code: string }).code).toMatch(/^(ENOENT|ENOTDIR|ELOOP|EAGAIN)$/);
      }
    }
    expect(worked).toBeGreaterThan(0);
    expect(readFileSync(join(host, 'file'), 'utf8')).toBe('outside');
    expect(readdirSync(host)).toEqual(['file']);
  });

  it('of run() can be reached too, while it runs', async () => {
    const name = newName();
    const run = box('echo up; until [ -e /tmp/go ]; do sleep 0.01; done; cat /tmp/go', { name });
    await new Promise((resolve) => run.stdout?.once('data', resolve));
    const container = await Container.get(name);
    await container.files.write('/tmp/go', 'gone');
    expect((await run).stdout).toBe('up\ngone');
    expect((await refusal(container.files.read('/tmp/go')))['code']).toMatch(
      /^CONTAINER_NOT_(FOUND|RUNNING)$/,
    );
  });
});

describe('the files of a container that does not run', () => {
  it('are those of its root file system', async () => {
    const path = await ownRootfs(newDirectory());
    await using container = await makeContainer('cat /etc/before; echo after > /etc/after', { rootfs: path });
    await container.files.write('/etc/before', 'written before\n');
    await container.start();
    await container.wait();
    expect(await container.files.read('/etc/after', text)).toBe('after\n');
    await logged(container, 'written before');
  });

  it.for(users)('%s are those of all layers where an overlay is kept on disk', async ([, user], context) => {
    if (user) requires(context, usualIdMap);
    await using container = await makeContainer(
      'cat /etc/added 2>/dev/null; echo kept > /etc/kept; rm -rf /srv',
      {
        rootfs: { path: hostRoot, mode: 'overlay', upper: 'disk' },
        namespaces: { user },
      },
    );
    expect(await container.files.read('/etc/passwd', text)).toContain('root:');
    expect(await refusal(container.files.write('/etc/x', ''))).toMatchObject({ code: 'READ_ONLY' });
    await container.start();
    expect(await container.wait()).toMatchObject({ exitCode: 0 });
    const { files } = container;
    expect(await files.read('/etc/kept', text)).toBe('kept\n');
    expect(await files.stat('/etc/kept')).toMatchObject({ uid: 0, gid: 0 });
    await files.write('/etc/added', 'added\n', { uid: 7 });
    await container.start();
    await container.wait();
    await logged(container, 'added');
    expect(await files.stat('/etc/added')).toMatchObject({ uid: 7 });
    expect((await files.list('/')).map(({ name }) => name)).not.toContain('srv');
    expect(execFileSync('sh', ['-c', `grep -c ${directory} /proc/self/mountinfo; true`], text)).toBe('0\n');
  });

  it('can only be read where what it writes is kept in memory', async () => {
    await using container = await makeContainer('true');
    expect(await container.files.read('/etc/passwd', text)).toContain('root:');
    expect(await refusal(container.files.write('/etc/x', ''))).toMatchObject({ code: 'READ_ONLY' });
    expect(await refusal(container.files.copyIn('/etc/passwd', '/x'))).toMatchObject({ code: 'READ_ONLY' });
  });
});
