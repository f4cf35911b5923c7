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

/** Signals that this process gets, for one that there need not be yet. */
export interface PassedSignals extends Disposable {
  /** From now on, and those that have come before. @param hasTerminal whether its terminal is this process's own */
  to(pid: number, hasTerminal: boolean): void;
}

/** To be called before the process can tell anybody that it runs: a signal that comes early would end this one. */
export function passSignals(): PassedSignals {
  const early: NodeJS.Signals[] = [];
  let act = (signal: NodeJS.Signals): unknown => early.push(signal);
  const pass = (signal: NodeJS.Signals) => act(signal);
  const names = (Object.keys(os.signals) as NodeJS.Signals[]).filter((name) => !notPassed.includes(name));
  for (const name of names) {
    try {
      process.on(name, pass);
    } catch {} // some can't be had
  }
  const leave = (signals: readonly string[]) => {
    for (const signal of signals) process.off(signal, pass);
  };
  return {
    to(pid, hasTerminal) {
      const own = hasTerminal ? ofTerminals : [];
      leave(own);
      act = (signal) => send(pid, signal);
      early.filter((signal) => !own.includes(signal)).forEach(act);
    },
    [Symbol.dispose]: () => leave(names),
  };
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {} // it has ended
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
