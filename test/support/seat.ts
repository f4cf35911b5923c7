/** Whoever sits at the terminal of a container: types, and waits for what it shows. */
import type { Run, RunOptions, Terminal } from '@tc/core';
import { box, until } from './kernel.ts';

export class Seat {
  readonly run: Run;
  readonly terminal: Terminal;
  /** All that was shown so far, each byte a character. */
  shown = '';
  #looked = 0;

  private constructor(run: Run, terminal: Terminal) {
    this.run = run;
    this.terminal = terminal;
    terminal.on('data', (chunk: Buffer) => {
      this.shown += chunk.toString('latin1');
    });
  }

  static async at(command: string | readonly string[], options: Partial<RunOptions> = {}): Promise<Seat> {
    const run = box(command, { tty: true, ...options });
    const terminal = await run.terminal;
    if (terminal === undefined) throw new Error('it has no terminal');
    return new Seat(run, terminal);
  }

  type(text: string): void {
    this.terminal.write(text);
  }

  /** Waits for what has not been waited for yet. @returns what matched */
  async shows(pattern: RegExp): Promise<RegExpExecArray> {
    let match: RegExpExecArray | null = null;
    const look = () => {
      match = pattern.exec(this.shown.slice(this.#looked));
      return match !== null;
    };
    await until(look, `the terminal shows ${pattern}`).catch((error: Error) => {
      throw new Error(`${error.message}; it shows ${JSON.stringify(this.shown)}`);
    });
    const found = match as RegExpExecArray | null;
    if (found === null) throw new Error('unreachable');
    this.#looked += found.index + found[0].length;
    return found;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.run[Symbol.asyncDispose]();
  }
}
