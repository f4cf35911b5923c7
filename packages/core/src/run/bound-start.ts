import { TcError } from '@tc/linux';
import type { Supervisor } from '../launch/supervisor.ts';

/** A start takes milliseconds, and seconds on a machine that is short of memory. */
const patienceMs = 5000;
/** Longer timers end at once: setTimeout() takes 32 bits. */
export const longestTimerMs = 2 ** 31 - 1;

const outcomes = {
  aborted: { problem: 'the signal was aborted before it ran', code: 'ABORTED' },
  timeout: { problem: 'it did not start in time', code: 'START_TIMEOUT' },
} as const;

/**
 * Gives a start up that does not come about; without effect once the command runs. The supervisor keeps the deadline
 * of a command from its start on, and what is in a container can keep what joins it from that: SIGSTOP.
 * @param afterMs when it would be over, if it had started
 */
export function boundStart(supervisor: Supervisor, because: keyof typeof outcomes, afterMs: number): void {
  const hint =
    'Is the container paused, or does it stop what joins it? A machine without memory is slow, too.';
  const give = () => {
    const { problem, code } = outcomes[because];
    supervisor.giveUp(new TcError(problem, { code, operation: 'start the command', hint }));
  };
  const timer = setTimeout(give, Math.min(afterMs + patienceMs, longestTimerMs));
  const forget = () => clearTimeout(timer);
  supervisor.started.then(forget, forget);
}
