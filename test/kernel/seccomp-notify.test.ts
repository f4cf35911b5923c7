import { join } from 'node:path';
import type { RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, newDirectory, refusal, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';
import { whileListening } from '../support/seccomp-agent.ts';

watchLeftovers();

const asking = (listenerPath: string) =>
  ({
    defaultAction: 'SCMP_ACT_ALLOW',
    listenerPath,
    listenerMetadata: 'for "the test"',
    syscalls: [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_NOTIFY' }],
  }) satisfies RunOptions['seccomp'];

describe('a filter that asks', () => {
  it.each<[string, Partial<RunOptions>]>([
    ['', {}],
    ['in a user namespace', { namespaces: { user: { uidMap: '0 0 65536', gidMap: '0 0 65536' } } }],
    ['of a user', { user: '1000:1000' }],
  ])(
    'is given to its listener with the state of the container, and gets its answers from there %s',
    async (_, options) => {
      const [result, lines] = await whileListening(newDirectory(), 1, (path) =>
        box(['mkdir', '/tmp/x'], { ...options, name: `${process.pid}-asks`, seccomp: asking(path) }),
      );
      expect(result.stderr).toMatch(/Name not unique/);
      const { pid, ...state } = JSON.parse(lines[0] ?? '');
      expect(state).toMatchObject({
        ociVersion: '1.2.0',
        fds: ['seccompFd'],
        metadata: 'for "the test"',
        state: { ociVersion: '1.2.0', id: `${process.pid}-asks`, status: 'creating', pid },
      });
      expect(lines[1]).toBe(`asked by ${pid}`);
    },
  );

  it('is one of its own for each command that joins, and for what init starts', async (context) => {
    requires(context, tool('perl'));
    const [result, lines] = await whileListening(newDirectory(), 2, async (path) => {
      await using container = await makeContainer('mkdir /tmp/x; sleep 60', {
        seccomp: asking(path),
        init: true,
      });
      await container.start();
      return await container.exec(['mkdir', '/tmp/y']);
    });
    expect(result.stderr).toMatch(/Name not unique/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ state: { status: 'creating' } });
    expect(JSON.parse(lines[2] ?? '')).toMatchObject({ state: { status: 'running' } });
  });

  it('needs somebody who listens', async () => {
    const seccomp = asking(join(newDirectory(), 'nobody'));
    expect(await refusal(box('true', { seccomp }))).toMatchObject({ code: 'SECCOMP_LISTENER_UNAVAILABLE' });
  });

  it('leaves none of its descriptors to the command', async (context) => {
    requires(context, tool('perl'));
    const [result] = await whileListening(newDirectory(), 1, (path) =>
      box('ls -l /proc/self/fd /proc/1/fd | grep -c -E "socket|seccomp"; mkdir /tmp/x', {
        seccomp: asking(path),
        init: true,
      }),
    );
    expect(result.stdout).toBe('0\n');
  });
});
