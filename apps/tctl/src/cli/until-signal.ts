/** Ctrl-C, and what asks a command to end that would go on for ever: it ends in its own way, and has not failed. */
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface UntilSignal extends Disposable {
  readonly signal: AbortSignal;
  /** It ends so many milliseconds after the first call, too. */
  after(milliseconds: number): void;
}

export function untilSignal(): UntilSignal {
  const controller = new AbortController();
  const abort = () => controller.abort();
  for (const signal of signals) process.once(signal, abort); // a second one kills
  let timer: NodeJS.Timeout | undefined;
  return {
    signal: controller.signal,
    after(milliseconds) {
      timer ??= setTimeout(abort, milliseconds);
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      for (const signal of signals) process.off(signal, abort);
    },
  };
}
