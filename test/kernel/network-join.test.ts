import { mkdirSync, readlinkSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { box, newName, output, refusal, runtimeDirectory, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';

watchLeftovers();

const ours = readlinkSync('/proc/self/ns/net');
const other = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };

const sockaddr = 'pack("S n C4 x8", 2, 7000, 127, 0, 0, 1)';
const server = `socket(S, 2, 1, 0) or die $!; bind(S, ${sockaddr}) or die $!; listen(S, 1); $| = 1; print "up\\n"; accept(C, S); print C "hello\\n"`;

/** A container that answers once on its loopback address. */
async function serve(options: Parameters<typeof box>[1] = {}) {
  const name = newName();
  const run = box(['perl', '-e', server], { name, ...options });
  const up = new Promise<void>((resolve) => run.stdout?.once('data', () => resolve()));
  await Promise.race([up, run.then(() => expect.unreachable('it ended before it was up'))]);
  return { run, name, network: `container:${name}` } as const;
}

const ask = "bash -c 'cat < /dev/tcp/127.0.0.1/7000'";

describe('the network of another container', () => {
  it('is shared: what listens on its loopback address there can be reached', async (context) => {
    requires(context, tool('perl'), tool('bash'));
    const { run, network } = await serve();
    await using _ = run;
    const namespaceOfIt = readlinkSync(`/proc/${await run.started}/ns/net`);
    const text = await output(`readlink /proc/self/ns/net; ls /sys/class/net; ${ask}`, { network });
    expect(text).toBe(`${namespaceOfIt}\nlo\nhello\n`);
    expect(text).not.toContain(ours);
    expect((await run).exitCode).toBe(0);
  });

  it.for([
    ['joins from a user namespace', undefined, other],
    ['joins that of one with a user namespace', other, undefined],
    [
      'joins from one user namespace that of another',
      other,
      { uidMap: '0 200000 10', gidMap: '0 200000 10' },
    ],
    ['joins with the usual id map', true, true],
  ] as const)('%s', async ([, owner, joiner], context) => {
    if (joiner === true) requires(context, usualIdMap);
    const { run, network } = await serve(owner === undefined ? {} : { namespaces: { user: owner } });
    await using _run = run;
    const script = `ls /sys/class/net; touch /sys/x 2>/dev/null; ${ask}`;
    const namespaces = joiner === undefined ? {} : { user: joiner };
    const { stdout, stderr } = await box(script, { network, namespaces });
    expect({ stdout, stderr }).toEqual({ stdout: 'lo\nhello\n', stderr: '' });
  });

  it('keeps everything else to itself: processes, host name, mounts, IPC, users', async () => {
    const name = newName();
    await using run = box(['sleep', '1000'], { name, hostname: 'first' });
    const pid = await run.started;
    const kinds = ['mnt', 'pid', 'uts', 'ipc'];
    const text = await output(
      `uname -n; for n in net ${kinds.join(' ')}; do readlink /proc/self/ns/$n; done`,
      {
        network: `container:${name}`,
        hostname: 'second',
      },
    );
    const [hostname, net, ...others] = text.trim().split('\n');
    expect(hostname).toBe('second');
    expect(net).toBe(readlinkSync(`/proc/${pid}/ns/net`));
    for (const kind of kinds) expect(others).not.toContain(readlinkSync(`/proc/${pid}/ns/${kind}`));
  });

  it('outlives that container', async () => {
    const name = newName();
    const first = box(['sleep', '1000'], { name });
    await first.started;
    await using second = box('read x; cat /proc/net/dev | grep -c lo:', {
      network: `container:${name}`,
      stdin: 'pipe',
    });
    await second.started;
    first.kill('SIGKILL');
    await first;
    second.stdin?.end('go\n');
    expect((await second).stdout).toBe('1\n');
  });

  it('can’t be configured from inside', async (context) => {
    requires(context, tool('ip'));
    const name = newName();
    await using run = box(['sleep', '1000'], { name });
    await run.started;
    const { exitCode } = await box('ip link set lo down', { network: `container:${name}` });
    expect(exitCode).not.toBe(0);
  });

  it('is the host’s where that container has the host’s', async () => {
    const name = newName();
    await using run = box(['sleep', '1000'], { name, network: 'host' });
    await run.started;
    expect(await output('readlink /proc/self/ns/net', { network: `container:${name}` })).toBe(`${ours}\n`);
  });

  it('is refused where there is no such container, or it does not run', async () => {
    const missing = await refusal(box(['true'], { network: 'container:nobody' }));
    expect(missing).toMatchObject({ code: 'CONTAINER_NOT_FOUND', hint: expect.any(String) });
    const name = newName();
    mkdirSync(join(runtimeDirectory, name));
    const idle = await refusal(box(['true'], { network: `container:${name}` }));
    expect(idle).toMatchObject({ code: 'CONTAINER_NOT_RUNNING', hint: expect.any(String) });
    rmdirSync(join(runtimeDirectory, name));
  });

  it.each(['container:', 'container', 'bridge', '', 'container:../x', 'container:a/b'])(
    'can’t be given as %j',
    async (network) => {
      const error = await refusal(box(['true'], { network: network as 'none' }));
      expect(error['code']).toMatch(/^(INVALID_OPTION|CONTAINER_NOT_FOUND)$/);
    },
  );
});
