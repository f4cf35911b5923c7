/**
 * A first process that does what PID 1 has to: it reaps orphans, which would stay zombies, and passes signals on,
 * which a first process without handlers does not get: pid_namespaces(7). It is this program itself, forked.
 */
import { miscConstants, prctlOptions } from '@tc/linux';
import { address, cell, flags, load, NULL, number, string } from '../data.ts';
import type { Context } from './context.ts';
import { allSignals, unblockSignals } from './signals.ts';

const SIGCHLD = 17;
const signalExitBase = 128;

/** Steps after it are the command's process. */
export function becomeInit(c: Context): void {
  const { p, spec } = c;
  if (!spec.init) return;
  p.group('start');
  const [child, status, reaped, signal] = [
    cell('command_pid'),
    cell('status'),
    cell('reaped'),
    cell('signal'),
  ];
  const command = p.label();
  const signals = allSignals();
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), signals, NULL, 8], {
    what: 'block signals',
    why: 'the first process takes them one by one, to pass them on',
  });
  // Not clone3, which a seccomp filter can't look into, and so refuses.
  p.call('clone', [number(SIGCHLD, 'SIGCHLD'), NULL, NULL, NULL, NULL], {
    what: 'start a process for the command',
    why: 'this one stays, as init',
    result: child,
    diagnose: {
      EAGAIN: {
        code: 'PIDS_LIMIT',
        hint: 'A limit on processes is reached: with init there are two from the start.',
      },
    },
  });
  p.jumpIf(load(child), 'eq', 0, command);

  p.call('close_range', [3, number(0xffffffff, '~0U'), 0], { what: 'close all but the standard streams' });
  p.call('prctl', [flags(prctlOptions, 'PR_SET_NAME'), string('tctl-init')], {
    what: 'name it',
    checked: false,
  });
  if (spec.namespaces.user === undefined) {
    p.call('prctl', [flags(prctlOptions, 'PR_SET_DUMPABLE'), 0, 0, 0, 0], {
      what: 'keep its memory to itself',
      why: 'it still holds the launch program, with paths of the host',
      checked: false,
    });
  }
  const wait = p.here();
  p.call('rt_sigtimedwait', [signals, NULL, NULL, 8], {
    what: 'wait for a signal',
    checked: false,
    result: signal,
  });
  const reap = p.label();
  p.jumpIf(load(signal), 'lt', 1, wait);
  p.jumpIf(load(signal), 'eq', SIGCHLD, reap);
  p.call('kill', [load(child), load(signal)], { what: 'pass the signal on', checked: false });
  p.jump(wait);

  p.place(reap);
  p.call('wait4', [number(-1), address(status.datum), flags(miscConstants, 'WNOHANG', '__WALL'), NULL], {
    what: 'reap whoever has ended',
    checked: false,
    result: reaped,
  });
  p.jumpIf(load(reaped), 'lt', 1, wait);
  p.jumpIf(load(reaped), 'ne', load(child), reap);
  const code = cell('code');
  const exit = p.label();
  p.compute(code, load(status), 'shr', 8);
  p.compute(code, load(code), 'and', 0xff);
  p.compute(signal, load(status), 'and', 0x7f);
  p.jumpIf(load(signal), 'eq', 0, exit);
  p.compute(code, load(signal), 'add', signalExitBase); // a first process can't end itself by a signal
  p.place(exit);
  p.call('exit_group', [load(code)], { what: 'end with the command' });

  p.place(command);
  unblockSignals(c);
  p.call('setsid', [], {
    what: 'start a session for the command',
    why: 'a terminal’s signals reach it alone',
  });
}
