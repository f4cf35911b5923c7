/** A daemon that a test file starts for itself, in directories of its own, and that ends with it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { processes } from '../../../support/leftovers.ts';
import { scaled } from '../../../support/scale.ts';
import { environment } from '../command.ts';
import { until } from '../until.ts';

const patienceMs = scaled(90_000);

export interface DaemonOptions {
  /** Where its log goes, and by which the processes are known that it leaves. */
  readonly directory: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether it answers. */
  readonly answers: () => boolean | Promise<boolean>;
}

export class Daemon implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #directory: string;

  private constructor({ directory, command, env = {} }: DaemonOptions) {
    this.#directory = directory;
    this.#log = join(directory, 'log');
    mkdirSync(directory, { recursive: true });
    const log = openSync(this.#log, 'a');
    // Where the tests are killed, it ends, too: setpriv(1), prctl(2).
    const args = ['--pdeathsig', 'TERM', ...command];
    this.#child = spawn('setpriv', args, { stdio: ['ignore', log, log], env: environment(env) });
    closeSync(log);
  }

  /** Returns when it answers. */
  static async start(options: DaemonOptions): Promise<Daemon> {
    const daemon = new Daemon(options);
    try {
      await until(
        () => daemon.#hasEnded || options.answers(),
        () => `${options.command[0]} answers: ${daemon.log}`,
        patienceMs,
      );
      if (daemon.#hasEnded) throw new Error(`${options.command[0]} has ended: ${daemon.log}`);
      return daemon;
    } catch (error) {
      await daemon[Symbol.asyncDispose]();
      throw error;
    }
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The last lines. */
  get log(): string {
    return readFileSync(this.#log, 'utf8').split('\n').slice(-20).join('\n');
  }

  /** Ends it, and what it has started for containers (shims) and left. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill('SIGTERM');
    try {
      await until(
        () => this.#hasEnded,
        () => `it ends: ${this.log}`,
        patienceMs,
      );
    } finally {
      this.#child.kill('SIGKILL');
      for (const pid of this.#left()) killOne(pid);
      await until(
        () => this.#left().length === 0,
        () => `nothing of it is left: ${this.#left()}`,
        patienceMs,
      );
    }
  }

  /** Shims outlive their daemon; its directories are in their command lines. */
  #left(): number[] {
    const isIts = (part: string) => part === this.#directory || part.startsWith(`${this.#directory}/`);
    return processes()
      .filter(({ pid, state, command }) => pid !== process.pid && state !== 'Z' && command.some(isIts))
      .map(({ pid }) => pid);
  }
}

function killOne(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {} // it has ended
}
