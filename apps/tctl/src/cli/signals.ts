import { constants as os } from 'node:os';
import { UsageError } from './usage-error.ts';

/** A signal by its name, with SIG or without, or its number. @throws UsageError */
export function parseSignal(option: string, text: string): NodeJS.Signals {
  const upper = text.toUpperCase();
  const name = upper.startsWith('SIG') ? upper : `SIG${upper}`;
  const found = /^\d+$/.test(text)
    ? Object.entries(os.signals).find(([, number]) => number === Number(text))?.[0]
    : Object.keys(os.signals).find((each) => each === name);
  if (found !== undefined) return found as NodeJS.Signals;
  throw new UsageError(`--${option} takes a signal, not ${JSON.stringify(text)}`, 'As kill -l lists them.');
}

/** Signals that the user sends to tctl and means for what it runs. */
const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2'] as const;

/** @returns what ends it. */
export function onSignals(
  act: (signal: NodeJS.Signals) => void,
  more: readonly NodeJS.Signals[] = [],
): Disposable {
  const signals = [...forwarded, ...more];
  for (const signal of signals) process.on(signal, act);
  return {
    [Symbol.dispose]() {
      for (const signal of signals) process.off(signal, act);
    },
  };
}

/**
 * Passes signals on. A first process without a handler ignores what it is sent: pid_namespaces(7). So that Ctrl-C still
 * gets one out, the third SIGINT or SIGTERM kills.
 */
export function forwardSignals(
  kill: (signal: NodeJS.Signals) => void,
  more: readonly NodeJS.Signals[] = [],
): Disposable {
  let insisted = 0;
  return onSignals((signal) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') insisted += 1;
    kill(insisted >= 3 ? 'SIGKILL' : signal);
  }, more);
}
