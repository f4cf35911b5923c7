/** A real terminal: a private tmux server with one shell in it. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'vitest';
import { type Process, processes } from '../../support/leftovers.ts';
import { type Need, requires } from '../../support/requires.ts';
import { environment, repository } from './command.ts';
import { newDirectory } from './suite.ts';
import { until } from './until.ts';

export const tmux: Need = () =>
  (process.env['PATH'] ?? '').split(':').some((directory) => {
    try {
      accessSync(join(directory, 'tmux'), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  })
    ? undefined
    : 'this machine has no tmux';

/** A line for a shell inside: shows the size, as `stty size` does, once it is that. Who resizes tells it a little later. */
export const sizeOnce = (size: string): string =>
  `until [ "$(stty size)" = "${size}" ]; do sleep 0.1; done; stty size`;

export class Terminal implements AsyncDisposable {
  readonly #env: NodeJS.ProcessEnv;
  readonly #pid: number;

  /** @param directory where its socket lies. @param variables of its shell. */
  constructor(directory: string, variables: Readonly<Record<string, string>> = {}) {
    const path = `${join(repository, 'node_modules/.bin')}:${process.env['PATH']}`;
    // Without TMUX it could not tell our server from the one that the tests may be running in.
    const { TMUX, ...env } = environment({
      TMUX_TMPDIR: directory,
      PATH: path,

      ENV: '',
      TERM: 'screen',
      ...variables,
    });
    this.#env = env;
    this.#tmux('-f', '/dev/null', 'new-session', '-d', '-x', '120', '-y', '40', 'sh');
    this.#pid = Number(this.#tmux('display-message', '-p', '#{pid}'));
  }

  #tmux(...args: string[]): string {
    return execFileSync('tmux', ['-L', `tctl-e2e-${process.pid}`, ...args], {
      env: this.#env,
      encoding: 'utf8',
    });
  }

  /** What can be seen now, without the empty lines at the end. */
  screen(): string {
    return this.#tmux('capture-pane', '-p').trimEnd();
  }

  /** What can be seen now, with the escape sequences of colours and bold text. */
  screenWithColours(): string {
    return this.#tmux('capture-pane', '-p', '-e');
  }

  /** Gives the shell that runs in it a prompt of ours, whatever it had before. */
  async prompt(prompt: string): Promise<void> {
    await until(
      () => this.screen() !== '',
      () => 'the shell is up',
    );
    this.type(`PS1='${prompt} '`);
    await this.shows(new RegExp(`^${prompt}$`, 'm'));
  }

  /** Everything that is written to it from now on goes into a file, too. */
  record(file: string): void {
    this.#tmux('pipe-pane', '-o', `cat >>'${file}'`);
  }

  /** Makes the window another size. */
  resize(columns: number, rows: number): void {
    this.#tmux('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** Presses keys: `C-c`, `Enter`. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  /**
   * What a terminal with a mouse sends, SGR 1006: 0 is the left button, 64 and 65 the wheel up and down.
   * @param text on its first cell
   */
  mouse(button: 0 | 64 | 65, text: string): void {
    const lines = this.screen().split('\n');
    const row = lines.findIndex((line) => line.includes(text));
    if (row === -1) throw new Error(`there is no ${text} to click on:\n${this.screen()}`);
    const column = lines[row]?.indexOf(text) ?? 0;
    for (const end of ['M', 'm']) {
      if (end === 'm' && button !== 0) continue; // a wheel is not released
      const bytes = Buffer.from(`\x1b[<${button};${column + 1};${row + 1}${end}`);
      this.#tmux('send-keys', '-H', ...[...bytes].map((byte) => byte.toString(16)));
    }
  }

  type(line: string): void {
    this.write(line);
    this.press('Enter');
  }

  /** Types without Enter. */
  write(text: string): void {
    this.#tmux('send-keys', '-l', '--', text);
  }

  /** What stty says of it, as one line: run by the shell of the host. */
  async settings(mark: string): Promise<string> {
    this.type(`echo ${mark}=$(stty -g)=`);
    const pattern = new RegExp(`^${mark}=([0-9a-f:]+)=$`, 'm');
    await this.shows(pattern);
    return pattern.exec(this.screen())?.[1] ?? '';
  }

  /** The tctl that was started in it with an argument, and no one else's: `node tctl.cjs …`, or `node -- tctl.cjs …`. */
  running(argument: string): Process {
    const all = new Map(processes().map((each) => [each.pid, each]));
    const isOurs = ({ parent }: Process): boolean => {
      const above = all.get(parent);
      return parent === this.#pid || (above !== undefined && isOurs(above));
    };
    const found = [...all.values()].find(
      (each) =>
        each.command.includes(argument) &&
        each.command.slice(1, 3).some((word) => /\/tctl/.test(word)) &&
        isOurs(each),
    );
    if (found === undefined) throw new Error(`no tctl runs with ${argument}`);
    return found;
  }

  async shows(pattern: RegExp, milliseconds?: number): Promise<void> {
    await until(
      () => pattern.test(this.screen()),
      () => `the terminal shows ${pattern}:\n${this.screen()}`,
      milliseconds,
    );
  }

  async gone(pattern: RegExp): Promise<void> {
    await until(
      () => !pattern.test(this.screen()),
      () => `the terminal shows ${pattern} no more:\n${this.screen()}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#tmux('kill-server');
    await until(
      () => !isAlive(this.#pid),
      () => 'tmux is gone',
    );
  }
}

/** A dead process whose parent has not looked yet has no command. */
const isAlive = (pid: number): boolean =>
  processes().some((each) => each.pid === pid && each.command[0] !== '');

/** One with a prompt of `host>`. */
export async function openTerminal(context: TestContext): Promise<Terminal> {
  requires(context, tmux);
  const terminal = new Terminal(newDirectory());
  try {
    await terminal.prompt('host>');
  } catch (error) {
    await terminal[Symbol.asyncDispose]();
    throw error;
  }
  return terminal;
}
