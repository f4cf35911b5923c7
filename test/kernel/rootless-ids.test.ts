import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { directory, newName, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, canMapIds, nobody, ordinaryUser } from '../support/ordinary-user.ts';
import { requires } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

const ids = { uids: 'nobody:200000:65536\n', gids: `${nobody}:300000:65536\n` };

async function options(more: Partial<RunOptions> = {}): Promise<RunOptions> {
  const path = await ownRootfs(directory);
  execFileSync('chown', ['-R', `${nobody}:${nobody}`, path]);
  chmodSync(path, 0o755);
  return { rootfs: { path, mode: 'overlay' }, name: newName(), ...more };
}

const maps = 'cat /proc/self/uid_map /proc/self/gid_map';
const words = (text = '') => text.trim().split(/\s+/).map(Number);

describe('an ordinary user with ids from /etc/subuid', () => {
  it('has itself and all of them inside', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const user = ordinaryUser({ subordinateIds: ids });
    const answer = await user.run({ command: ['sh', '-c', maps], options: await options() });
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(words(answer.stdout)).toEqual([
      0,
      nobody,
      1,
      1,
      200_000,
      65_536,
      0,
      nobody,
      1,
      1,
      300_000,
      65_536,
    ]);
    expect(readdirSync(user.runtimeDirectory).filter((name) => !name.startsWith('.'))).toEqual([]);
  });

  it('can be another user inside, whose files have other owners outside', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const user = ordinaryUser({ subordinateIds: ids });
    const shared = join(user.home, 'shared');
    mkdirSync(shared);
    chmodSync(shared, 0o777);
    const script = 'id -u; id -g; touch /mnt/made; stat -c "%u %g" /mnt/made /etc';
    const more = { user: '33:44', mounts: [`${shared}:/mnt`] };
    const answer = await user.run({ command: ['sh', '-c', script], options: await options(more) });
    expect(answer).toMatchObject({ stdout: '33\n44\n33 44\n0 0\n', stderr: '' });
    expect(statSync(join(shared, 'made'))).toMatchObject({ uid: 200_032, gid: 300_043 });
  });

  it('may do without them', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const more: Partial<RunOptions> = { namespaces: { user: 'self' } };
    const user = ordinaryUser({ subordinateIds: ids });
    const answer = await user.run({ command: ['sh', '-c', maps], options: await options(more) });
    expect(words(answer.stdout)).toEqual([0, nobody, 1, 0, nobody, 1]);
  });

  it('does without them in a process with no_new_privs, where newuidmap can’t work', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const user = ordinaryUser({ subordinateIds: ids, noNewPrivs: true });
    const answer = await user.run({ command: ['sh', '-c', maps], options: await options() });
    expect(words(answer.stdout)).toEqual([0, nobody, 1, 0, nobody, 1]);
  });

  it('hears what newuidmap says where that refuses, and leaves nothing', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const uid = 64_999; // no user has it, and newuidmap wants a name
    const some = { uids: `${uid}:200000:10\n`, gids: `${uid}:200000:10\n` };
    const user = ordinaryUser({ uid, subordinateIds: some });
    const { error } = await user.run({ command: ['true'], options: await options() });
    expect(error).toMatchObject({
      code: 'ID_MAP_FAILED',
      message: expect.stringMatching(/^map the ids of the user namespace: new.idmap: .*user name/),
      hint: expect.stringMatching(/--userns self/),
    });
    expect(readdirSync(user.runtimeDirectory).filter((name) => !name.startsWith('.'))).toEqual([]);
  });
});

describe('an ordinary user without', () => {
  it('is alone inside', async (context) => {
    requires(context, canBeOrdinary);
    const answer = await ordinaryUser({ uid: 64_999 }).run({
      command: ['sh', '-c', maps],
      options: await options(),
    });
    expect(words(answer.stdout)).toEqual([0, 64_999, 1, 0, 64_999, 1]);
  });

  it('can be nobody else, and hears which command changes that', async (context) => {
    requires(context, canBeOrdinary, canMapIds);
    const user = ordinaryUser({ subordinateIds: { uids: 'root:100000:65536\n', gids: '' } });
    const { error } = await user.run({ command: ['true'], options: await options({ user: 1 }) });
    expect(error).toMatchObject({
      code: 'SUBORDINATE_IDS_MISSING',
      message: expect.stringMatching(/^set the user: 1:\d+ is not mapped: .* nobody$/),
      hint: expect.stringMatching(/usermod --add-subuids (\d+-\d+) --add-subgids \1 nobody/),
    });
  });
});
