/** The supervisor, from the clone to the command: the container says that it is ready, or what failed. */
import { miscConstants } from '@tc/linux';
import { address, at, buffer, cell, load, NULL, number, words } from '../data.ts';
import type { Label } from '../program.ts';
import { controlFd, messages } from '../protocol.ts';
import type { CommandContext } from './context.ts';
import { send } from './report.ts';
import { receiveTerminal } from './terminal.ts';

/**
 * @param tied whether a hang-up of the control socket ends the start. What is in a container can stop what joins it
 * (SIGSTOP), and a command that never starts would never end.
 * @param bears whether the first process leaves the command to one that it starts
 * @param interlude what is done when the container says that it is mounted, and waits
 * @param onStarted places what is to be done before anyone is told that the command runs.
 */
export function waitForStart(
  c: CommandContext,
  {
    failed,
    tied,
    bears = false,
    interlude,
    keepsTerminal = c.spec.terminal !== undefined,
  }: { failed: Label; tied: boolean; bears?: boolean; interlude?: () => void; keepsTerminal?: boolean },
  onStarted: () => void,
): void {
  const { p } = c;
  const started = p.label();
  const ready = p.label();
  const forward = p.label();
  const { POLLIN, POLLRDHUP } = miscConstants;
  // Orders may wait there meanwhile: only the hang-up counts.
  const polls = words(
    [number(0), number(tied ? controlFd + POLLRDHUP * 2 ** 32 : -1)],
    '[{start}, {hang-up}]',
  );
  p.compute(at(polls), load(c.errorRead), 'add', number(POLLIN * 2 ** 32));
  const readPipe = (what: string, why: string) => {
    const said = p.label();
    const wait = p.here();
    p.call('ppoll', [address(polls), 2, NULL, NULL, 8], { what, why, tolerate: ['EINTR'] });
    p.compute(c.result, load(at(polls)), 'shr', 48); // revents
    p.jumpIf(load(c.result), 'ne', 0, said);
    p.compute(c.result, load(at(polls, 8)), 'shr', 48);
    p.jumpIf(load(c.result), 'ne', 0, failed);
    p.jump(wait);
    p.place(said);
    p.call('read', [load(c.errorRead), address(c.scratch), 8], { what, result: c.result });
  };

  const readOn = p.here();
  readPipe(
    'wait until the container is ready',
    'it has done all but its last call, or names one that failed',
  );
  p.jumpIf(load(c.result), 'ne', 0, ready);
  send(c, words([number(messages.died)], 'died'), 8, 'report that it died while starting');
  p.jump(failed);
  p.place(ready);
  if (interlude !== undefined) {
    const none = p.label();
    p.jumpIf(load(at(c.scratch)), 'ne', number(messages.mounted), none);
    interlude();
    p.group('supervise');
    p.jump(readOn);
    p.place(none);
  }
  if (bears) takeOver(c, readOn, forward);
  else p.jumpIf(load(at(c.scratch)), 'ne', number(messages.ready), forward);
  if (keepsTerminal) receiveTerminal(c, failed);
  readPipe('wait until its command runs', 'execve closes the pipe');
  p.jumpIf(load(c.result), 'eq', 0, started);
  p.place(forward);
  send(c, c.scratch, 8, 'report the call that failed');
  p.jump(failed);

  p.place(started);
  p.call('close', [load(c.errorRead)], { what: 'close the error pipe' });
  onStarted();
  const message = buffer(16, '{started, pid}');
  p.set(at(message), number(messages.started));
  p.set(at(message, 4), load(c.pid)); // the upper half of the message's 8 bytes
  send(c, message, 8, 'report that it runs');
}

/**
 * From the first process, which ends, to the one that becomes the command. Goes on when that is known and ready: of the
 * two messages either may come first.
 */
function takeOver(c: CommandContext, readOn: Label, forward: Label): void {
  const { p, scratch, result, pid, pidfd } = c;
  const [isReady, isBorn] = [cell('is_ready'), cell('is_born')];
  const [ready, both] = [p.label(), p.label()];
  p.jumpIf(load(at(scratch)), 'eq', number(messages.ready), ready);
  p.compute(result, load(at(scratch)), 'and', 0xffffffff);
  p.jumpIf(load(result), 'ne', number(messages.born), forward);
  p.call('wait4', [load(pid), NULL, 0, NULL], { what: 'reap the process that joined', checked: false });
  p.call('close', [load(pidfd)], { what: 'close its pidfd', checked: false });
  p.compute(pid, load(at(scratch)), 'shr', 32);
  p.call('pidfd_open', [load(pid), 0], {
    what: 'open a pidfd of the command',
    why: 'it is not reaped yet: the pid is its own',
    result: pidfd,
  });
  p.set(isBorn, number(1));
  p.jumpIf(load(isReady), 'ne', 0, both);
  p.jump(readOn);
  p.place(ready);
  p.set(isReady, number(1));
  p.jumpIf(load(isBorn), 'eq', 0, readOn);
  p.place(both);
}
