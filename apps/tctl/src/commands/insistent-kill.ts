import { forwardSignals } from '../cli/signals.ts';

/** How long something may take to end after it was asked to; without a terminal there is nobody to wait for. */
const patienceMs: Partial<Record<NodeJS.Signals, number>> = { SIGTERM: 10_000, SIGHUP: 1_000 };

export interface InsistentKill extends Disposable {
  send(signal: NodeJS.Signals): void;
}

interface Killable {
  kill(signal: NodeJS.Signals): unknown;
}

/**
 * Passes signals on to what ends with us. After one that says that we are to end, it has a while: a shell at a terminal
 * ignores SIGTERM.
 * @param target asked for when a signal comes: listening begins before there is one, so that none is missed
 */
export function insistentKill(target: () => Killable | undefined): InsistentKill {
  let timer: NodeJS.Timeout | undefined;
  const kill = (signal: NodeJS.Signals) => {
    // It may be gone, or not there yet.
    Promise.resolve(target()?.kill(signal)).catch(() => {});
  };
  const send = (signal: NodeJS.Signals) => {
    const milliseconds = patienceMs[signal];
    if (milliseconds !== undefined) timer ??= setTimeout(() => kill('SIGKILL'), milliseconds).unref();
    kill(signal);
  };
  const forwarding = forwardSignals(send);
  return {
    send,
    [Symbol.dispose]() {
      forwarding[Symbol.dispose]();
      clearTimeout(timer);
    },
  };
}
