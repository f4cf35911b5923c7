import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { box, defaults, refusal, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, ordinaryUser } from '../support/ordinary-user.ts';
import { requires, tool } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled, slowness } from '../support/scale.ts';
import { Seat } from '../support/seat.ts';

watchLeftovers();

/** What a script shows on a terminal. A terminal makes \r\n of \n: termios(3), ONLCR. */
async function shown(script: string, options: Parameters<typeof box>[1] = {}): Promise<string> {
  const { exitCode, stdout, stderr } = await box(script, { tty: true, ...options });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout.replaceAll('\r\n', '\n');
}

describe('a terminal', () => {
  it('is there only where it was asked for', async () => {
    expect((await box('tty; test -t 1')).stdout).toBe('not a tty\n');
    const run = box('true');
    expect(await run.terminal).toBeUndefined();
    await run;
  });

  it('is the first of the container’s own, on all three standard streams', async () => {
    const script = 'tty; for fd in 0 1 2; do readlink /proc/self/fd/$fd; done; ls /dev/pts';
    expect(await shown(script)).toBe(`${'/dev/pts/0\n'.repeat(4)}0  ptmx\n`);
  });

  it('is the controlling terminal of the command, which leads its session', async () => {
    const stat = 'read -r pid name state parent group session terminal foreground rest < /proc/self/stat';
    expect(await shown(`${stat}; echo "$session $group $terminal $foreground"; : > /dev/tty`)).toBe(
      `1 1 ${0x8800} 1\n`, // tty_nr: the major number 136, the minor number 0
    );
  });

  it('is /dev/console too', async () => {
    const script =
      'test /dev/console -ef /dev/pts/0 && echo same; stat -c "%t %T" /dev/console; echo hi > /dev/console';
    expect(await shown(script)).toBe('same\n88 0\nhi\n');
  });

  it('leaves no way to the host’s terminals', async () => {
    expect(
      await shown('ls /proc/self/fd | wc -l; ls /dev/pts; cat /sys/class/tty/console/active 2>&1 | wc -l'),
    ).toMatch(
      /^4\n0 {2}ptmx\n/, // the three, and that of ls itself
    );
  });

  it('is closed to no user: the one of the command owns it', async () => {
    const script =
      'stat -c "%u %a" "$(tty)"; stat -c "%u" /dev/console; echo x > /dev/tty; test -w /dev/console && echo y';
    expect(await shown(script, { user: '1000:1000' })).toBe('1000 620\n1000\nx\ny\n');
    expect(await shown('stat -c "%u %g %a" "$(tty)"')).toBe('0 5 620\n');
  });

  it('is there in a user namespace', async () => {
    const script = 'tty; stat -c %u /dev/console; echo x > /dev/tty; readlink /proc/self/fd/0';
    const expected = '/dev/pts/0\n0\nx\n/dev/pts/0\n';
    expect(await shown(script, { namespaces: { user: 'self' } })).toBe(expected);
  });

  it('has a user of its own in a user namespace', async () => {
    const user = { uidMap: '0 100000 65536', gidMap: '0 100000 65536' };
    expect(
      await shown('tty; stat -c %u "$(tty)"; echo x > /dev/tty', { namespaces: { user }, user: '1000:1000' }),
    ).toBe('/dev/pts/0\n1000\nx\n');
  });

  it('is an ordinary user’s too, who takes it from a supervisor of its own', async (context) => {
    requires(context, canBeOrdinary);
    const script = 'tty; stty size; stat -c %u "$(tty)" /dev/console; echo x > /dev/tty';
    const options = { ...defaults(), tty: { columns: 90, rows: 20 } };
    for (const init of [false, true]) {
      const answer = await ordinaryUser().run({
        command: ['sh', '-c', script],
        options: { ...options, init },
      });
      expect(answer).toMatchObject({ exitCode: 0, stdout: '/dev/pts/0\r\n20 90\r\n0\r\n0\r\nx\r\n' });
    }
  });

  it('is opened by a chroot too', async () => {
    const rootfs = { path: hostRoot, mode: 'overlay', enter: 'chroot' } as const;
    expect(await shown('tty; echo x > /dev/console', { rootfs })).toBe('/dev/pts/0\nx\n');
  });
});

describe('what is shown', () => {
  it('is complete where the command ends at once, every time', { timeout: scaled(60_000) }, async () => {
    const times = slowness > 1 ? 20 : 100;
    for (let n = 0; n < times; n += 4) {
      const four = await Promise.all([0, 1, 2, 3].map(() => box(['echo', `number ${n}`], { tty: true })));
      expect(four.map(({ stdout }) => stdout)).toEqual(Array(4).fill(`number ${n}\r\n`));
    }
  });

  it('is complete where it is more than the kernel keeps', async () => {
    const { stdout, exitCode } = await box('seq 1 100000', { tty: true });
    const numbers = Array.from({ length: 100_000 }, (_, index) => `${index + 1}\r\n`).join('');
    expect(exitCode).toBe(0);
    expect(stdout === numbers, `${stdout.length} of ${numbers.length} bytes`).toBe(true);
  });

  it('can be any bytes', async () => {
    const script =
      'stty raw -echo; head -c 200000 /dev/urandom > /tmp/x; sha256sum < /tmp/x | head -c 64; cat /tmp/x';
    const { stdout } = await box(script, { tty: true, encoding: 'buffer' } as object);
    const bytes = stdout as unknown as Buffer;
    const sum = createHash('sha256').update(bytes.subarray(64)).digest('hex');
    expect(bytes.length).toBe(64 + 200_000);
    expect(sum).toBe(bytes.toString('latin1', 0, 64));
  });

  it('has what goes to stderr in it', async () => {
    expect(await shown('echo one; echo two >&2; echo three')).toBe('one\ntwo\nthree\n');
  });

  it('is cut at maxOutput, which ends the container', async () => {
    const result = await box('yes', { tty: true, maxOutput: 10_000 });
    expect(result).toMatchObject({ reason: 'output', truncated: true, signal: 'SIGKILL' });
    expect(result.stdout).toHaveLength(10_000);
  });

  it('keeps nothing waiting where nobody reads it, once the container has ended', async () => {
    expect(await box('yes', { tty: true, stdout: 'ignore', timeout: scaled(300) })).toMatchObject({
      reason: 'timeout',
      stdout: '',
    });
  });

  it('comes though a process that was left behind had the terminal open', async () => {
    expect((await box('sleep 1000 & echo done', { tty: true })).stdout).toBe('done\r\n');
  });
});

describe('what is typed', () => {
  it('is echoed, and read line by line', async () => {
    await using seat = await Seat.at('read -r line; echo "got <$line>"');
    seat.type('hello\r');
    await seat.shows(/^hello\r\ngot <hello>\r\n/);
    expect(await seat.run).toMatchObject({ exitCode: 0 });
  });

  it('can be more than fits at once', async () => {
    await using seat = await Seat.at('stty raw -echo; echo ready; head -c 300000 | sha256sum');
    await seat.shows(/ready/);
    const typed = Buffer.alloc(300_000, 'what is typed\n');
    seat.terminal.write(typed);
    const sum = createHash('sha256').update(typed).digest('hex');
    await seat.shows(new RegExp(sum));
  });

  it('ends the input with Ctrl-D', async () => {
    await using seat = await Seat.at(['cat']);
    seat.type('one\r');
    await seat.shows(/one\r\none\r\n/);
    seat.type('\x04');
    expect(await seat.run).toMatchObject({ exitCode: 0, reason: 'exit' });
  });

  it.each([
    ['Ctrl-C', '\x03', 130],
    ['Ctrl-\\', '\x1c', 131],
  ])('as %s interrupts what runs in the foreground, and the shell goes on', async (_, key, status) => {
    // As its first process a shell that handles the signal itself.
    await using seat = await Seat.at('trap : INT QUIT; sleep 1000; echo "status $?"');
    await sleep(scaled(50));
    for (let tries = 0; tries < 20 && !seat.shown.includes('status'); tries += 1) {
      seat.type(key); // before it sleeps, the shell alone hears it
      await sleep(scaled(50));
    }
    await seat.shows(new RegExp(`status ${status}\r\n`));
    expect(await seat.run).toMatchObject({ exitCode: 0 });
  });

  it('can stop, list and continue jobs', async (context) => {
    requires(context, tool('bash'));
    await using seat = await Seat.at(['bash', '--norc', '-i'], { env: { PS1: '> ', TERM: 'dumb' } });
    await seat.shows(/> $/);
    expect(seat.shown).not.toMatch(/job control/); // "no job control in this shell"
    seat.type('cat\r');
    await seat.shows(/cat\r\n/);
    seat.type('echoed\r');
    await seat.shows(/echoed\r\nechoed\r\n/);
    seat.type('\x1a'); // Ctrl-Z
    await seat.shows(/Stopped +cat\r\n/);
    await seat.shows(/> $/);
    seat.type('jobs\r');
    await seat.shows(/\[1\]\+ +Stopped +cat\r\n/);
    seat.type('fg\r');
    await seat.shows(/fg\r\ncat\r\n/);
    seat.type('again\r');
    await seat.shows(/again\r\nagain\r\n/);
    seat.type('\x03');
    await seat.shows(/> $/);
    seat.type('sleep 1000 &\r');
    await seat.shows(/\[1\] \d+\r\n/);
    seat.type('kill %1; wait; exit 7\r');
    expect(await seat.run).toMatchObject({ exitCode: 7 });
  });
});

describe('its size', () => {
  it('is 80 x 24, or as asked for', async () => {
    expect(await shown('stty size')).toBe('24 80\n');
    expect(await shown('stty size', { tty: { columns: 132, rows: 50 } })).toBe('50 132\n');
    expect(await shown('stty size', { tty: { columns: 65535, rows: 1 } })).toBe('1 65535\n');
  });

  it('can be changed, and the programs are told', async () => {
    await using seat = await Seat.at(
      'trap "stty size" WINCH; echo ready; while read -r line; do echo "line $line"; test "$line" != end || exit 0; done; while :; do sleep 0.02; done',
    );
    await seat.shows(/ready/);
    seat.terminal.resize({ columns: 100, rows: 30 });
    seat.type('\r'); // dash's read is not interrupted
    await seat.shows(/30 100\r\n/);
    seat.terminal.resize({ columns: 20, rows: 10 });
    seat.type('\r');
    await seat.shows(/10 20\r\n/);
    expect(() => seat.terminal.resize({ columns: 0, rows: 10 })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('can’t be anything', async () => {
    expect(await refusal(box('true', { tty: { columns: 70_000, rows: 1 } }))).toMatchObject({
      code: 'INVALID_OPTION',
    });
  });
});

describe('its modes', () => {
  it('can be changed and restored, as vi does', async () => {
    await using seat = await Seat.at(
      'before=$(stty -g); stty raw -echo; echo ready; dd bs=1 count=3 2>/dev/null | od -An -tx1; stty "$before"; test "$(stty -g)" = "$before" && echo restored; read -r line; echo "<$line>"',
    );
    await seat.shows(/ready\n/); // raw: no \r
    seat.type('\x03\x1a\r'); // no signals, and no newline of the return
    await seat.shows(/03 1a 0d/);
    await seat.shows(/restored\r\n/);
    seat.type('cooked\r');
    await seat.shows(/cooked\r\n<cooked>\r\n/);
  });
});

describe('a container with a terminal', () => {
  it('ends by a signal, a timeout and an abort as any other', async () => {
    const killed = await Seat.at(['sleep', '1000']);
    killed.run.kill('SIGKILL');
    expect(await killed.run).toMatchObject({ reason: 'signal', signal: 'SIGKILL' });
    expect(await box(['sleep', '1000'], { tty: true, timeout: scaled(100) })).toMatchObject({
      reason: 'timeout',
    });
    const controller = new AbortController();
    const run = box(['sleep', '1000'], { tty: true, signal: controller.signal });
    await run.started;
    controller.abort();
    expect(await run).toMatchObject({ reason: 'aborted' });
  });

  it('can be aborted at any moment of its start', async () => {
    for (let n = 0; n < 20; n += 1) {
      const controller = new AbortController();
      const run = box(['sleep', '1000'], { tty: true, signal: controller.signal });
      setTimeout(() => controller.abort(), n / 3);
      const ended = await run.catch((error: Error & { code?: string }) => error);
      expect(ended).toMatchObject({ reason: 'aborted' });
    }
  });

  it('says what is wrong with the command', async () => {
    const run = box(['/no/such/command'], { tty: true });
    expect(await refusal(run)).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    await run.terminal.catch(() => {});
  });

  it('goes on where the one who sat at it closes it: the supervisor still has it', async () => {
    const script = 'trap "exit 9" HUP; echo ready; sleep 0.2; echo unseen && exit 3';
    await using seat = await Seat.at(script, { stdout: 'ignore' });
    await seat.shows(/ready/);
    seat.terminal.destroy();
    expect(await seat.run).toMatchObject({ exitCode: 3, reason: 'exit' });
  });
});
