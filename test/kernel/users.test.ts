import { chmodSync, mkdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import {
  box,
  makeContainer,
  newDirectory,
  newName,
  output,
  refusal,
  watchLeftovers,
} from '../support/kernel.ts';
import { runInNode } from '../support/node.ts';
import { canBeOrdinary, canMapIds, ordinaryUser } from '../support/ordinary-user.ts';
import { requires } from '../support/requires.ts';
import { hostRoot, ownRootfs } from '../support/rootfs.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

const passwd =
  'root:x:0:0::/root:/bin/sh\napp:x:1000:100::/home/app:/bin/sh\nnope:x:4294967295:0::/:/bin/sh\n';
const group = 'root:x:0:root\nusers:x:100:\nstaff:x:50:root,app\nwheel:x:10:app\nrender:x:109:\n';

/** A layer with these accounts on the shared root file system. */
function rootfs(): RunOptions['rootfs'] {
  const layer = newDirectory();
  chmodSync(layer, 0o755);
  mkdirSync(join(layer, 'etc'));
  writeFileSync(join(layer, 'etc/passwd'), passwd);
  writeFileSync(join(layer, 'etc/group'), group);
  return { path: [layer, hostRoot], mode: 'overlay' };
}

const show = 'grep -E "^(Uid|Gid|Groups):" /proc/self/status | tr "\\t" " "; echo $HOME';
/** uid, gid, additional groups, home */
const ids = (text: string) =>
  text
    .replaceAll(/^(?:Uid|Gid): (\d+).*$/gm, '$1')
    .replace(/^Groups: (.*?) *$/m, '[$1]')
    .trim()
    .split('\n');

describe('a user by name', () => {
  it.each<[Pick<RunOptions, 'user' | 'groups'>, string[]]>([
    [{ user: 'app' }, ['1000', '100', '[10 50]', '/home/app']],
    [{ user: 1000 }, ['1000', '100', '[10 50]', '/home/app']],
    [{ user: 'app:staff' }, ['1000', '50', '[]', '/home/app']],
    [{ user: 'app', groups: ['render', 7] }, ['1000', '100', '[7 10 50 109]', '/home/app']],
    [{ user: '77:88' }, ['77', '88', '[]', '/']],
    [{ user: 'root' }, ['0', '0', '[0 50]', '/root']],
    [{}, ['0', '0', '[]', '/root']],
    [{ groups: ['wheel'] }, ['0', '0', '[10]', '/root']],
  ])('and its groups are those of the root file system: %j', async (who, expected) => {
    expect(ids(await output(show, { rootfs: rootfs(), ...who }))).toEqual(expected);
  });

  it.each(['bob', 'nope', 'app:none', '4294967295', '4294967296', '-1'])(
    'is refused where it is none: %s',
    async (user) => {
      expect(await refusal(box('true', { rootfs: rootfs(), user }))).toMatchObject({
        code: 'USER_NOT_FOUND',
      });
      expect(await refusal(box('true', { rootfs: rootfs(), groups: [user] }))).toMatchObject({
        code: 'USER_NOT_FOUND',
      });
    },
  );

  it('is looked up in the image, wherever the image’s links lead', async () => {
    const path = await ownRootfs(newDirectory());
    for (const [name, target] of [
      ['passwd', '/proc/self/root/etc/passwd'],
      ['group', '../../../../../../etc/group'],
    ] as const) {
      try {
        unlinkSync(join(path, 'etc', name));
      } catch {} // it has none
      mkdirSync(join(path, 'etc'), { recursive: true });
      symlinkSync(target, join(path, 'etc', name));
    }
    for (const user of ['daemon', '0:daemon']) {
      const run = box('true', { rootfs: { path, mode: 'overlay' }, user });
      expect(await refusal(run)).toMatchObject({ code: 'USER_NOT_FOUND' });
    }
  });

  it('is known to exec, as the container’s own /etc/passwd has it by then', async () => {
    await using container = await makeContainer('sleep 60', {
      rootfs: rootfs(),
      user: 'app',
      name: newName(),
      groups: ['render'],
    });
    await container.start();
    const exec = async (options: Parameters<typeof container.exec>[1]) =>
      ids((await container.exec(['sh', '-c', show], options)).stdout);
    expect(await exec({})).toEqual(['1000', '100', '[10 50 109]', '/home/app']);
    expect(await exec({ groups: [7] })).toEqual(['1000', '100', '[7 10 50 109]', '/home/app']);
    expect(await exec({ user: 'root' })).toEqual(['0', '0', '[0 50]', '/root']);
    expect(await refusal(container.exec(['true'], { user: 'late' }))).toMatchObject({
      code: 'USER_NOT_FOUND',
    });
    const add = 'echo "late:x:1234:5::/late:/bin/sh" >>/etc/passwd; echo "users2:x:6:late" >>/etc/group';
    expect(await container.exec(['sh', '-c', add], { user: 'root' })).toMatchObject({ exitCode: 0 });
    expect(await exec({ user: 'late' })).toEqual(['1234', '5', '[6]', '/late']);
  });

  it('is that of each start of a container, also as the container itself changed it', async () => {
    const upper = newDirectory();
    const base = rootfs() as { path: string[] };
    await using container = await makeContainer(show, {
      rootfs: { ...base, mode: 'overlay', upper: { path: upper } },
      user: 'app',
      name: newName(),
    });
    await container.start();
    await container.wait();
    mkdirSync(join(upper, 'upper/etc'), { recursive: true });
    writeFileSync(join(upper, 'upper/etc/passwd'), passwd.replace('1000:100', '1001:100'));
    await container.start();
    await container.wait();
    let text = '';
    for await (const { line } of container.logs()) text += `${line}\n`;
    expect(text.match(/^Uid: \d+/gm)).toEqual(['Uid: 1000', 'Uid: 1001']);
  });
});

describe('the groups of the caller', () => {
  const job = (options: Partial<RunOptions> = {}) => ({
    command: ['sh', '-c', show],
    options: { rootfs: rootfs(), name: newName(), timeout: scaled(15_000), ...options },
  });
  const caller = ['setpriv', '--groups', '1,2,3'];

  it('are not the container’s', async () => {
    expect(ids((await runInNode(caller, job())).stdout ?? '')).toEqual(['0', '0', '[]', '/root']);
    expect(ids((await runInNode(caller, job({ user: 'app' }))).stdout ?? '')).toEqual([
      '1000',
      '100',
      '[10 50]',
      '/home/app',
    ]);
    const shifted = job({ user: 'app', namespaces: { user: { uidMap: '0 0 65536', gidMap: '0 0 65536' } } });
    expect(ids((await runInNode(caller, shifted)).stdout ?? '')).toEqual([
      '1000',
      '100',
      '[10 50]',
      '/home/app',
    ]);
  });
});

describe('an ordinary user', () => {
  const rootless = { cgroups: 'disabled', timeout: scaled(30_000) } as const;

  it('gives its containers any groups that are lent to it', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const user = ordinaryUser({
      subordinateIds: { uids: 'nobody:200000:65536\n', gids: 'nobody:300000:65536\n' },
    });
    const options = { ...rootless, rootfs: rootfs(), user: 'app', groups: ['render'] };
    const answer = await user.run({ command: ['sh', '-c', show], options });
    expect(ids(answer.stdout ?? JSON.stringify(answer))).toEqual(['1000', '100', '[10 50 109]', '/home/app']);
  });

  it('is told why there are none without any', async (context) => {
    requires(context, canBeOrdinary);
    const options = { ...rootless, rootfs: rootfs(), groups: ['staff'] };
    const answer = await ordinaryUser({ uid: 4242 }).run({ command: ['true'], options });
    expect(answer).toMatchObject({
      error: { code: 'SETGROUPS_DENIED', hint: expect.stringMatching(/subgid/) },
    });
  });
});
