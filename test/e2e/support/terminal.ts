/** A real terminal: a private tmux server with one shell in it. */
import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { processes } from '../../support/leftovers.ts';
import type { Need } from '../../support/requires.ts';
import { environment, repository } from './command.ts';
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

  /** Presses keys: `C-c`, `Enter`. */
  press(...keys: string[]): void {
    this.#tmux('send-keys', ...keys);
  }

  type(line: string): void {
    this.#tmux('send-keys', '-l', line);
    this.press('Enter');
  }

  async shows(pattern: RegExp): Promise<void> {
    await until(
      () => pattern.test(this.screen()),
      () => `the terminal shows ${pattern}:\n${this.screen()}`,
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
