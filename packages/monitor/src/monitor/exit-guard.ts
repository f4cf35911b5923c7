import { exitNow } from '@tc/linux';

/**
 * At its end Node.js waits for all threads, and a thread that is blocked in a system call never comes. Where there may
 * be one, the process ends without it: after all listeners of `exit`, and with the exit code that it would have had.
 */
const guards = new Set<() => boolean>();

/**
 * @param mayBeBlocked whether a thread is in a system call that may not return
 * @returns a function to be called when there is no such thread any more
 */
export function guardExit(mayBeBlocked: () => boolean): () => void {
  if (guards.size === 0) process.on('exit', leave);
  guards.add(mayBeBlocked);
  return () => {
    guards.delete(mayBeBlocked);
    if (guards.size === 0) process.off('exit', leave);
  };
}

function leave(code: number): void {
  if (![...guards].some((mayBeBlocked) => mayBeBlocked())) return;
  const listeners = process.listeners('exit');
  for (const listener of listeners.slice(listeners.indexOf(leave) + 1)) listener.call(process, code);
  const exitCode = process.exitCode ?? code;
  try {
    exitNow(Number(exitCode));
  } catch {
    process.kill(process.pid, 'SIGKILL'); // without an FFI library there is no better way
  }
}
