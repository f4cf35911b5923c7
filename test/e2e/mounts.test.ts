import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { tctl } from './support/command.ts';
import { expectOutput, expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';

describe('tctl run', () => {
  it('mounts with -v, --mount and --tmpfs', async () => {
    const here = newDirectory();
    mkdirSync(join(here, 'a'));
    const args = [
      '-v',
      `${here}/a:/a`,
      '--mount',
      `type=bind,src=${here}/a,dst=/b,readonly`,
      '--tmpfs',
      '/t:size=1m',
    ];
    const script = 'echo x >/a/file && cat /b/file && ! echo y 2>/dev/null >/b/file && df -k /t | tail -1';
    const { code, stdout } = await tctl('run', ...args, 'host', 'sh', '-c', script);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringMatching(/^x\n\S+ +1024 .* \/t\n$/) });
    expect(readFileSync(join(here, 'a/file'), 'utf8')).toBe('x\n');
    expectRefusal(
      await tctl('run', '--mount', 'type=bind,dst=/a', 'host', 'true'),
      /no source/,
      /source=DIR/,
    );
  });

  it('shares a network with another', async () => {
    const name = newName();
    await tctl('run', '-d', '--name', name, 'host', 'sleep', '1016');
    const link = (...args: string[]) => tctl(...args, 'readlink', '/proc/self/ns/net');
    const first = await link('exec', name);
    expectOutput(await link('run', '--network', `container:${name}`, 'host'), first.stdout);
    await tctl('rm', '-f', name);
  });
});

describe('tctl volume', () => {
  it('makes volumes, lists them, and removes those that nobody uses', async () => {
    const [name, a, b] = [newName(), newName(), newName()];
    expectOutput(await tctl('volume', 'create', a), `${a}\n`);
    expectOutput(
      await tctl('run', '-v', `${a}:/v`, '-v', `${b}:/w`, 'host', 'sh', '-c', 'echo kept >/v/file'),
      '',
    );
    expectOutput(await tctl('run', '--mount', `src=${a},dst=/v`, 'host', 'cat', '/v/file'), 'kept\n');
    expectOutput(await tctl('volume', 'ls', '-q'), `${[a, b].toSorted().join('\n')}\n`);
    expect((await tctl('volume', 'ls')).stdout).toMatch(/^VOLUME +CREATED +DIRECTORY\n/);
    expect(JSON.parse((await tctl('volume', 'ls', '--json')).stdout)).toHaveLength(2);

    await tctl('run', '-d', '--name', name, '-v', `${a}:/v`, 'host', 'sleep', '1017');
    expectRefusal(await tctl('volume', 'rm', a), /mounts it/, /./, 1);
    expectOutput(await tctl('volume', 'prune'), `${b}\n`);
    await tctl('rm', '-f', name);
    expectOutput(await tctl('volume', 'rm', a), `${a}\n`);
    expectRefusal(await tctl('volume', 'rm', a), /no such volume/, /tctl volume ls/, 1);
    expectRefusal(await tctl('volume', 'create', '../x'), /./, /./, 1);
  });
});
