import { ReadStream } from 'node:tty';
import { writeOut } from '../../cli/output.ts';
import { sequences } from './sequences.ts';

export interface Lifetime extends Disposable {
  /** Gives the terminal to somebody else, as it was before. */
  stepAside(): void;
  comeBack(): void;
  setMouse(isOn: boolean): void;
  /** Ctrl-Z: the shell gets the terminal until `fg`. */
  suspend(): void;
}

export interface LifetimeOptions {
  readonly mouse: boolean;
  /** Writes to it while somebody draws. */
  say(sequence: string): void;
  onData(bytes: Uint8Array): void;
  onResize(): void;
  /** After others had the terminal: all has to be drawn again. */
  onReturn(): void;
  /** SIGTSTP: somebody wants us to stop. Whoever draws stops first, and calls `suspend()`. */
  onStop(): void;
  /** A signal that ends us, or the terminal is gone. */
  onEnd(code: number): void;
}

const endings = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130, SIGQUIT: 131 } as const;

/**
 * Takes the terminal: alternate screen, raw mode, mouse. It is given back on each way out, also by a crash: `exit` comes
 * last in every one of them. libuv keeps the settings that it found, and restores these.
 */
export function takeTerminal({
  mouse,
  say,
  onData,
  onResize,
  onReturn,
  onStop,
  onEnd,
}: LifetimeOptions): Lifetime {
  let input: ReadStream | undefined;
  let hasMouse = mouse;
  let isOver = false;
  const take = () => {
    input = new ReadStream(0);
    input.on('data', onData);
    input.on('error', () => onEnd(129));
    input.on('end', () => onEnd(129));
    input.setRawMode(true);
    writeOut(sequences.enter + (hasMouse ? sequences.mouseOn : ''));
  };
  const giveBack = () => {
    if (input === undefined) return;
    const stream = input;
    input = undefined;
    stream.removeAllListeners();
    stream.on('error', () => {});
    try {
      writeOut(sequences.mouseOff + sequences.leave);
      stream.setRawMode(false);
    } finally {
      stream.destroy();
    }
  };
  const stop = () => {
    giveBack();
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => {
    if (input === undefined) take();
    else input.setRawMode(true); // kill -STOP and -CONT: the shell has had it without our knowing
    onReturn();
  };
  const handlers = Object.entries(endings).map(([signal, code]) => [signal, () => onEnd(code)] as const);
  for (const [signal, handler] of handlers) process.on(signal, handler);
  process.on('exit', giveBack);
  process.on('SIGTSTP', onStop);
  process.on('SIGCONT', goOn);
  process.on('SIGWINCH', onResize);
  take();
  return {
    stepAside() {
      process.off('SIGCONT', goOn);
      process.off('SIGTSTP', onStop);
      giveBack();
    },
    comeBack() {
      // A signal has ended us while others had the terminal: nobody would give it back.
      if (isOver) return;
      process.on('SIGTSTP', onStop);
      process.on('SIGCONT', goOn);
      take();
      onReturn();
    },
    setMouse(isOn) {
      hasMouse = isOn;
      say(isOn ? sequences.mouseOn : sequences.mouseOff);
    },
    suspend: stop,
    [Symbol.dispose]() {
      isOver = true;
      process.off('SIGWINCH', onResize);
      process.off('SIGCONT', goOn);
      process.off('SIGTSTP', onStop);
      process.off('exit', giveBack);
      giveBack();
      for (const [signal, handler] of handlers) process.off(signal, handler);
    },
  };
}
