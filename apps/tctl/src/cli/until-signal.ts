/** Ctrl-C, and what asks a command to end that would go on for ever: it ends in its own way, and has not failed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface UntilSignal extends Disposable {
  readonly signal: AbortSignal;
}

/** @param milliseconds after which it ends, too */
export function untilSignal(milliseconds?: number): UntilSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) process.once(signal, abort); // a second one kills
  const timer = milliseconds === undefined ? undefined : setTimeout(abort, milliseconds);
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
