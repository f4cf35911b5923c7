/** Descriptors travel through sockets, also out of a container: what others hold open keeps nobody waiting. */
import { Container } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, makeContainer, until, watchLeftovers } from '../support/kernel.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

/** struct msghdr with one byte and room for one descriptor, for syscall(); x86-64 and arm64 alike. */
const message = `
  my ($buffer, $address) = ("x", pack("S a*", 1, "\\0keep"));
  my $vector = pack("QQ", unpack("Q", pack("P", $buffer)), 1);
  my $control = pack("Qllll", 20, 1, 1, FD, 0);
  my $message = pack("Qlx4QQQQlx4", 0, 0, unpack("Q", pack("P", $vector)), 1, unpack("Q", pack("P", $control)), 24, 0);`;
const calls =
  process.arch === 'x64'
    ? { socket: 41, connect: 42, accept: 43, sendmsg: 46, recvmsg: 47, bind: 49, listen: 50 }
    : { socket: 198, bind: 200, listen: 201, accept: 202, connect: 203, sendmsg: 211, recvmsg: 212 };

/** Keeps all that it is sent. */
const keeper = `$| = 1; ${message.replace('FD', '0')}
  my $socket = syscall(${calls.socket}, 1, 1, 0);
  syscall(${calls.bind}, $socket, $address, length $address) == 0 or die "bind: $!";
  syscall(${calls.listen}, $socket, 5);
  print "up\\n";
  while (1) {
    my $from = syscall(${calls.accept}, $socket, 0, 0);
    syscall(${calls.recvmsg}, $from, $message, 0) == 1 or die "recvmsg: $!";
    print "kept\\n";
  }`;

/** Sends its stdout there, says something, and ends. */
const sender = `$| = 1; ${message.replace('FD', '1')}
  my $socket = syscall(${calls.socket}, 1, 1, 0);
  syscall(${calls.connect}, $socket, $address, length $address) == 0 or die "connect: $!";
  syscall(${calls.sendmsg}, $socket, $message, 0) == 1 or die "sendmsg: $!";
  print "last words\\n";
  select undef, undef, undef, 0.2;`;

async function startKeeper() {
  const container = await makeContainer(['perl', '-e', keeper]);
  await container.start();
  const lines: string[] = [];
  const reading = (async () => {
    for await (const { line } of container.logs({ follow: true })) lines.push(line);
  })();
  await until(() => lines.includes('up'), 'the keeper');
  const kept = () => lines.filter((line) => line === 'kept').length;
  return { container, reading, kept, network: `container:${container.id}` as const };
}

describe('output that another container holds open', () => {
  it.each([{}, { tty: true }])('does not keep a run from its end: %j', async (options) => {
    const { container, kept, network } = await startKeeper();
    await using _ = container;
    const run = await box(['perl', '-e', sender], { network, timeout: scaled(20_000), ...options });
    expect(run).toMatchObject({ exitCode: 0, reason: 'exit' });
    expect(run.stdout.trim()).toBe('last words');
    expect(run.wallMs).toBeLessThan(scaled(10_000));
    expect(kept()).toBe(1);
  });

  it.each([{}, { tty: true }])('does not keep a container from its end: %j', async (options) => {
    const { container: keeping, kept, network } = await startKeeper();
    await using _ = keeping;
    await using container = await makeContainer(['perl', '-e', sender], {
      network,
      detached: true,
      ...options,
    });
    await container.start();
    expect(await container.wait({ signal: AbortSignal.timeout(scaled(10_000)) })).toMatchObject({
      exitCode: 0,
    });
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual(['last words']);
    expect(kept()).toBe(1);
    await (await Container.get(container.id)).remove({ force: true });
  });
});

describe('a terminal', () => {
  const script = 'i=0; while [ $i -lt 3000 ]; do echo line $i; i=$((i+1)); done';

  it('ends, without an error, for a slow reader too, who gets all of it', async () => {
    const run = box(script, { tty: true, stdout: 'ignore' });
    const pieces: Buffer[] = [];
    const terminal = await run.terminal;
    if (terminal === undefined) throw new Error('there is no terminal');
    for await (const piece of terminal) {
      pieces.push(piece);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const lines = Buffer.concat(pieces).toString().trim().split('\r\n');
    expect(lines).toHaveLength(3000);
    expect(lines.at(-1)).toBe('line 2999');
    expect(await run).toMatchObject({ exitCode: 0 });
  });

  it('is not at its end where nobody has it open for a moment', async () => {
    const script = 'exec </dev/null >/dev/null 2>&1; sleep 0.3; exec >/dev/pts/0; echo back; sleep 0.1';
    await using container = await makeContainer(script, { tty: true });
    await container.start();
    await container.wait();
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual(['back']);
  });
});
