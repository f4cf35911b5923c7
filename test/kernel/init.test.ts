import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Run, RunOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, output, prefix, refusal, until, watchLeftovers } from '../support/kernel.ts';
import { requires, tool } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';
import { Seat } from '../support/seat.ts';

watchLeftovers();

const withInit = (command: string | readonly string[], options: Partial<RunOptions> = {}): Run =>
  box(command, { init: true, ...options });

async function ready({ stdout }: Run): Promise<void> {
  await new Promise((resolve) => stdout?.once('data', resolve));
}

/** Waits for the others to be gone, zombies too, and says how many are left: init and the shell. */
const untilAlone = `
  n=0
  set -- /proc/[0-9]*
  while test $# -gt 2 -a $n -lt 200; do sleep 0.02; n=$((n + 1)); set -- /proc/[0-9]*; done
  echo $#`;

describe('init', () => {
  it('is the first process, and the command its child in a session of its own', async () => {
    const stat =
      'read -r pid name state parent group session rest < /proc/self/stat; echo "$pid $parent $session"';
    expect(await output(`cat /proc/1/comm; ${stat}`, { init: true })).toBe('tctl-init\n2 1 2\n');
    expect(await output(stat)).toBe('1 0 1\n');
  });

  it('says so where the limit of processes has no room for the command', async () => {
    expect(await refusal(withInit('true', { limits: { pids: 1 } }))).toMatchObject({ code: 'PIDS_LIMIT' });
  });

  it('reaps orphans: there are no zombies', async () => {
    const script = `for n in 1 2 3 4 5 6 7 8; do (sh -c 'true & true &' &); done; ${untilAlone}`;
    expect(await output(script, { init: true })).toBe('2\n');
  });

  it('reaps the child of a double fork, and does not end with it', async (context) => {
    requires(context, tool('perl'));
    const daemon = `
      unless (fork) { unless (fork) { sleep 1 while getppid != 1; print "adopted\\n"; exit 9 } exit 8 }
      wait; select undef, undef, undef, 1.5; exit 3`;
    expect(await withInit(['perl', '-e', daemon])).toMatchObject({ exitCode: 3, stdout: 'adopted\n' });
  });

  it('ends with the command, and everybody else with it', async () => {
    const { exitCode, stdout } = await withInit('sleep 1000 & setsid sleep 1000 & echo bye; exit 5');
    expect({ exitCode, stdout }).toEqual({ exitCode: 5, stdout: 'bye\n' }); // the rest the check for leftovers sees
  });

  it('ends with any exit code of the command', async () => {
    const codes = [0, 1, 2, 126, 127, 128, 130, 137, 255];
    const results = await Promise.all(codes.map((code) => withInit(`exit ${code}`)));
    expect(results.map(({ exitCode, signal, reason }) => ({ exitCode, signal, reason }))).toEqual(
      codes.map((exitCode) => ({ exitCode, signal: undefined, reason: 'exit' })),
    );
  });

  it('ends with 128 and the signal that ended the command', async () => {
    for (const signal of ['SIGTERM', 'SIGKILL', 'SIGSEGV', 'SIGABRT'] as const) {
      expect(await withInit(`kill -${signal.slice(3)} $$`)).toMatchObject({
        exitCode: 128 + constants.signals[signal],
        signal: undefined,
      });
    }
  });

  it('says what is wrong with the command', async () => {
    expect(await refusal(withInit(['/no/such/command']))).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    expect(await refusal(withInit(['/etc']))).toMatchObject({ code: 'COMMAND_NOT_EXECUTABLE' });
  });

  it('tells the command’s privileges alike', async () => {
    const status = "grep -E '^(Cap|NoNewPrivs|Uid|Gid|Groups|SigBlk)' /proc/self/status";
    expect(await output(status, { init: true })).toBe(await output(status));
    const asUser = { user: '1000:1000', init: true };
    expect(await output('id -u; grep -E "^(Uid|CapEff|NoNewPrivs)" /proc/1/status', asUser)).toMatch(
      /^1000\nUid:(\t1000){4}\nCapEff:\t0+\nNoNewPrivs:\t1\n$/,
    );
  });

  it('is in a user namespace too', async () => {
    const options = { init: true, namespaces: { user: 'self' } } as const;
    expect(await output(`cat /proc/1/comm; id -u; (true &); ${untilAlone}`, options)).toMatch(
      /^tctl-init\n0\n2\n$/,
    );
  });
});

describe('a signal', () => {
  it('reaches a handler of the command', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR1'] as const) {
      const run = withInit(
        `trap 'echo ${signal}; exit 7' ${signal.slice(3)}; echo ready; while :; do sleep 0.02; done`,
      );
      await ready(run);
      expect(run.kill(signal)).toBe(true);
      expect(await run).toMatchObject({ stdout: `ready\n${signal}\n`, exitCode: 7, reason: 'exit' });
    }
  });

  it('does its usual work where the command has no handler, as nowhere else in a container', async () => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGUSR1', 'SIGQUIT'] as const) {
      const run = withInit(['sleep', '1000']);
      await run.started;
      run.kill(signal);
      expect(await run).toMatchObject({ exitCode: 128 + constants.signals[signal], reason: 'exit' });
    }
  });

  it('reaches the command right at its start', async () => {
    for (let n = 0; n < 10; n += 1) {
      const run = withInit(['sleep', '1000']);
      await run.started;
      run.kill('SIGTERM');
      expect(await run).toMatchObject({ exitCode: 143 });
    }
  });

  it('of the real-time ones is passed on, each', async (context) => {
    requires(context, tool('perl'));
    const script = `
      $SIG{NUM40} = $SIG{NUM50} = sub { print "$_[0]\n" }; $SIG{TERM} = sub { exit };
      $| = 1; print "ready\n"; sleep 1 while 1`;
    const run = withInit(['perl', '-e', script]);
    let lines = 0;
    run.stdout?.on('data', (chunk: Buffer) => {
      lines += chunk.toString().split('\n').length - 1;
    });
    await until(() => lines === 1, 'it is ready');
    for (let n = 1; n <= 10; n += 1) {
      run.kill(n % 2 === 0 ? 40 : 50);
      await until(() => lines === 1 + n, `signal ${n} arrives`);
    }
    run.kill('SIGTERM');
    expect((await run).stdout).toBe(`ready\n${'NUM50\nNUM40\n'.repeat(5)}`);
  });

  it('of the container’s own processes ends neither init nor the container', async () => {
    const script =
      'for s in TERM INT HUP QUIT USR1 PIPE ALRM SEGV KILL STOP; do kill -$s 1; done; sleep 0.1; echo alive';
    // Those with a number are passed on to the command, as anybody's; it ignores them.
    const { stdout, exitCode } = await withInit(`trap "" TERM INT HUP QUIT USR1 PIPE ALRM SEGV; ${script}`);
    expect({ stdout, exitCode }).toEqual({ stdout: 'alive\n', exitCode: 0 });
  });

  it('of SIGKILL and a timeout ends all', async () => {
    const run = withInit('trap "" TERM; sleep 1000 & wait');
    await run.started;
    run.kill('SIGKILL');
    expect(await run).toMatchObject({ signal: 'SIGKILL', reason: 'signal' });
    expect(await withInit(['sleep', '1000'], { timeout: scaled(100) })).toMatchObject({ reason: 'timeout' });
  });
});

describe('init and a terminal', () => {
  it('give the command the terminal', async () => {
    const stat = 'read -r pid name state parent group session terminal foreground rest < /proc/self/stat';
    const { stdout } = await withInit(`${stat}; echo "$pid $session $terminal $foreground"; tty`, {
      tty: true,
    });
    expect(stdout).toBe(`2 2 ${0x8800} 2\r\n/dev/pts/0\r\n`);
  });

  it('interrupt the command once where Ctrl-C is typed', async (context) => {
    requires(context, tool('perl'));
    const count = `
      $SIG{INT} = sub { $n++ }; $| = 1; print "ready\\n"; $line = <STDIN> until $line =~ /end/; print "n=$n\\n"`;
    await using seat = await Seat.at(['perl', '-e', count], { init: true });
    await seat.shows(/ready/);
    seat.type('\x03');
    await sleep(scaled(100));
    seat.type('end\r');
    await seat.shows(/n=1\r\n/);
    expect(await seat.run).toMatchObject({ exitCode: 0 });
  });

  it('end with Ctrl-C where the command has no handler', async () => {
    await using seat = await Seat.at('echo ready; exec sleep 1000', { init: true });
    await seat.shows(/ready/);
    seat.type('\x03');
    expect(await seat.run).toMatchObject({ exitCode: 130, reason: 'exit' });
  });
});

describe('the memory of init', () => {
  it('can’t be read from inside: it holds paths of the host', async () => {
    const files = 'maps environ mem exe cwd fd/0 map_files';
    const script = `cd /proc/1; for f in ${files}; do head -c 1 $f; readlink $f; ls $f/; done 2>/dev/null; ls fd`;
    const { stdout } = await withInit(script, { capabilities: [] });
    expect(stdout).toBe('0\n1\n2\n');
    // Not for root with the capabilities that it has by default either.
    expect((await withInit(script)).stdout).toBe('0\n1\n2\n');
    expect(await output('cat /proc/1/cmdline', { init: true, name: `${prefix}named` })).toBe(
      `tctl-shim\0${prefix}named\0`,
    );
  });
});
