/** `run` and `exec` without --detach: this process stays, passes signals on, and ends as the command does. */
import { constants as os } from 'node:os';
import { endOf } from '@tc/linux';

/** Not those that the kernel sends this process for its own sake, and not those that Node.js needs. */
const notPassed = [
  'SIGKILL',
  'SIGSTOP',
  'SIGCHLD',
  'SIGPIPE',
  'SIGPROF',
  'SIGSEGV',
  'SIGBUS',
  'SIGFPE',
  'SIGILL',
];

/** @param pid a child of this process: becomeSubreaper() before it was made. @returns the exit code */
export function follow(pid: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const pass = (signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal);
    } catch {} // it has ended
  };
  const signals = Object.keys(os.signals).filter((name) => !notPassed.includes(name)) as NodeJS.Signals[];
  const passed: NodeJS.Signals[] = [];
  for (const signal of signals) {
    try {
      process.on(signal, pass);
      passed.push(signal);
    } catch {} // some can't be had
  }
  const look = () => {
    try {
      const status = endOf(pid);
      if (status !== undefined) resolve(exitCodeOf(status));
    } catch (error) {
      reject(error);
    }
  };
  process.on('SIGCHLD', look);
  const timer = setInterval(look, 1000); // it keeps this process here, too
  look();
  return promise.finally(() => {
    clearInterval(timer);
    process.off('SIGCHLD', look);
    for (const signal of passed) process.off(signal, pass);
  });
}

/** wait(2) */
function exitCodeOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
