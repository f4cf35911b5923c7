import { readlinkSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { box, output, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';

watchLeftovers();

const ours = readlinkSync('/proc/self/ns/net');

/** A server on the host's loopback address. */
async function listen() {
  let connections = 0;
  const server = createServer((socket: Socket) => {
    connections += 1;
    socket.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' ? address?.port : undefined,
    connections: () => connections,
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

/** bash opens TCP connections by itself. */
const connect = (port: number | undefined) => ['bash', '-c', `exec 5<>/dev/tcp/127.0.0.1/${port}`];

describe('the network none', () => {
  it('has a loopback interface that is up, and no other', async (context) => {
    requires(context, tool('ip'));
    expect(await output('ls /sys/class/net; readlink /proc/self/ns/net')).toMatch(/^lo\nnet:\[\d+\]\n$/);
    expect(await output('readlink /proc/self/ns/net')).not.toBe(`${ours}\n`);
    expect(await output('ip -o addr show; ip route')).toMatch(
      /^1: lo +inet 127\.0\.0\.1\/8 .*\n(1: lo +inet6 ::1\/128 .*\n)?$/,
    );
    expect(await output('ip -o link show lo')).toMatch(/<LOOPBACK,UP,LOWER_UP>/);
  });

  it('lets processes of the container talk to each other', async (context) => {
    requires(context, tool('perl'), tool('bash'));
    const sockaddr = 'pack("S n C4 x8", 2, 7000, 127, 0, 0, 1)';
    const server = `socket(S, 2, 1, 0) or die $!; bind(S, ${sockaddr}) or die $!; listen(S, 1); open(F, ">", "/tmp/up"); accept(C, S); print C "hello\\n"`;
    const script = `perl -e '${server}' & until [ -e /tmp/up ]; do sleep 0.01; done; bash -c 'cat < /dev/tcp/127.0.0.1/7000'`;
    expect(await output(script)).toBe('hello\n');
  });

  it('reaches neither a server on the host’s loopback address nor the world', async (context) => {
    requires(context, tool('bash'));
    await using server = await listen();
    const { exitCode, stderr } = await box(connect(server.port));
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/Connection refused/);
    expect(server.connections()).toBe(0);
    expect((await box(['bash', '-c', 'exec 5<>/dev/tcp/192.0.2.1/80'])).stderr).toMatch(
      /Network is unreachable/,
    );
  });
});

describe('the network host', () => {
  it('is the network namespace of the caller, where its servers can be reached', async (context) => {
    requires(context, tool('bash'));
    await using server = await listen();
    expect(await output('readlink /proc/self/ns/net', { network: 'host' })).toBe(`${ours}\n`);
    expect((await box(connect(server.port), { network: 'host' })).exitCode).toBe(0);
    expect(server.connections()).toBe(1);
  });

  it('can’t be configured from inside', async (context) => {
    requires(context, tool('ip'));
    const { exitCode, stderr } = await box('ip link set lo down', { network: 'host' });
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/Operation not permitted/);
  });
});
