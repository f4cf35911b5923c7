/** `run` and `exec` without --detach: this process stays, passes signals on, and ends as the command does. */
import { constants as os } from 'node:os';
import { whenChildEnds } from '@tc/core/oci';
import { openTerminal, sit, writerTo } from '@tc/core/terminal';
import type { TerminalSize } from '@tc/linux';

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

/** What concerns our own terminal: its size, and being stopped with it. */
const ofTerminals = ['SIGWINCH', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU', 'SIGCONT'];

/**
 * Passes signals on to a process, from before it can have told anybody that it runs.
 * @param hasTerminal whether its terminal is connected with this process's own
 */
export function passSignals(pid: number, hasTerminal: boolean): Disposable {
  const pass = (signal: NodeJS.Signals) => {
    try {
      process.kill(pid, signal);
    } catch {} // it has ended
  };
  const own = hasTerminal ? ofTerminals : [];
  const names = Object.keys(os.signals) as NodeJS.Signals[];
  const passed: NodeJS.Signals[] = [];
  for (const signal of names.filter((name) => !notPassed.includes(name) && !own.includes(name))) {
    try {
      process.on(signal, pass);
      passed.push(signal);
    } catch {} // some can't be had
  }
  return {
    [Symbol.dispose]() {
      for (const signal of passed) process.off(signal, pass);
    },
  };
}

/**
 * @param pid a child of this process: becomeSubreaper() before it was made
 * @param master of its terminal, where that is to be connected with this process's own
 * @returns the exit code
 */
export async function follow(pid: number, master?: number): Promise<number> {
  const shown = master === undefined ? undefined : sitAt(master);
  const status = await whenChildEnds(pid);
  await shown;
  return exitCodeOf(status);
}

/** What is typed here goes to the container's terminal, what that shows comes here, until nobody has it open any more. */
async function sitAt(master: number): Promise<void> {
  const terminal = await openTerminal(master);
  const seat = {
    output: terminal,
    write: writerTo(terminal),
    resize: (size: TerminalSize) => terminal.resize(size),
  };
  try {
    await sit(seat, { interactive: true });
  } finally {
    terminal.destroy();
  }
}

/** wait(2) */
function exitCodeOf(status: number): number {
  const signal = status & 0x7f;
  return signal === 0 ? (status >> 8) & 0xff : 128 + signal;
}
