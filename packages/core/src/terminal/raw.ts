/** The user's terminal while it belongs to a container. */
import { makeRaw, type TerminalSize, terminalSize } from '@tc/linux';

/**
 * Every key goes to the container as it is, Ctrl-C too. The terminal is put back on each way out: when this is disposed
 * of, and at the exit of the process, whatever leads to it. While this process is stopped (kill -STOP aside), it is the shell's.
 */
export function rawTerminal(fd: number): Disposable {
  let restore = attempt(() => makeRaw(fd));
  const putBack = () => {
    const restoreNow = restore;
    restore = undefined;
    attempt(() => restoreNow?.());
  };
  const stop = () => {
    putBack();
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => {
    restore ??= attempt(() => makeRaw(fd));
  };
  process.on('exit', putBack);
  process.on('SIGTSTP', stop);
  process.on('SIGCONT', goOn);
  return {
    [Symbol.dispose]() {
      process.off('SIGCONT', goOn);
      process.off('SIGTSTP', stop);
      process.off('exit', putBack);
      putBack();
    },
  };
}

/** A terminal that is gone can't be changed, and need not be. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

/** Of the first descriptor that is a terminal. Some claim to have no columns at all: those are left as they are. */
export function ownSize(): TerminalSize | undefined {
  for (const fd of [1, 0, 2]) {
    const size = attempt(() => terminalSize(fd));
    if (size !== undefined && size.columns > 0 && size.rows > 0) return size;
  }
  return undefined;
}
