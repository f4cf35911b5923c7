import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PtyOptions {
  readonly columns: number;
  readonly rows: number;
  /** It is given the CPUs before others: a session of its own is a group of its own, sched(7). */
  readonly isBeforeOthers?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

const longestMs = 60_000;

/** A program on a terminal of its own, which script(1) holds: what it writes is seen here, and when. */
export class Pty implements AsyncDisposable {
  /** performance.now() when it was started. */
  readonly startedMs = performance.now();
  readonly #script: ChildProcess;
  readonly #waiting = new Set<() => void>();
  #pid: number | undefined;
  #isOver = false;
  /** All that it wrote since the last `forget()`, each byte a character. */
  written = '';
  /** Of all that it ever wrote. */
  bytes = 0;

  constructor(command: readonly string[], { columns, rows, isBeforeOthers, env = {} }: PtyOptions) {
    const words = command.map((word) => `'${word}'`).join(' ');
    // A pipe has no size that script(1) could give to the terminal.
    const first = isBeforeOthers ? 'echo -15 >/proc/self/autogroup && ' : '';
    const line = `${first}stty rows ${rows} cols ${columns} && exec ${words}`;
    this.#script = spawn('script', ['--quiet', '--return', '--flush', '--command', line, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TERM: 'xterm-256color', COLORTERM: 'truecolor', SHELL: '/bin/sh', ...env },
    });
    this.#script.on('exit', (code) => {
      if (!this.#isOver)
        console.error(
          `${command.join(' ')} has ended with ${code}: ${JSON.stringify(this.written.slice(-2000))}`,
        );
    });
    this.#script.stdout?.on('data', (bytes: Buffer) => {
      this.written += bytes.toString('latin1');
      this.bytes += bytes.length;
      for (const look of this.#waiting) look();
    });
  }

  /** Of the program itself. */
  get pid(): number {
    if (this.#pid === undefined) {
      const { pid } = this.#script;
      const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
      this.#pid = Number(children.split(' ')[0]);
    }
    return this.#pid;
  }

  type(keys: string): void {
    this.#script.stdin?.write(keys);
  }

  forget(): void {
    this.written = '';
  }

  /** @returns performance.now() when what was written since the last `forget()` had it */
  async shows(pattern: RegExp | string): Promise<number> {
    const isThere = () =>
      typeof pattern === 'string' ? this.written.includes(pattern) : pattern.test(this.written);
    if (!isThere()) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const look = () => isThere() && resolve();
      this.#waiting.add(look);
      const isLate = await Promise.race([promise, sleep(longestMs, true, { ref: false })]);
      this.#waiting.delete(look);
      if (isLate === true) throw new Error(`it does not show ${pattern}: ${JSON.stringify(this.written)}`);
    }
    return performance.now();
  }

  /** How often it wrote a sequence since the last `forget()`. */
  count(sequence: string): number {
    return this.written.split(sequence).length - 1;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    if (this.#script.exitCode !== null) return;
    process.kill(this.pid, 'SIGTERM');
    await once(this.#script, 'exit');
  }
}
