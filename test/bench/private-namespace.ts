import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** The command that runs a command where the empty cgroup2 of a hybrid host is unmounted. Its pid stays the same. */
export function inPrivateNamespace(command: readonly string[]): string[] {
  const unified = '/sys/fs/cgroup/unified';
  const script = `if mountpoint -q ${unified}; then umount ${unified}; fi; exec "$@"`;
  return ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...command];
}

/**
 * A second Node.js in a mount namespace of its own, where the empty cgroup2 of a hybrid host is unmounted. It
 * times commands as this one does (the same code), so entering the namespace costs nothing that is measured.
 */
export class PrivateNamespace implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #gone: Promise<unknown[]>;

  constructor(dataDirectory: string) {
    const helper = new URL('./private-namespace-main.ts', import.meta.url).pathname;
    const [file = '', ...args] = inPrivateNamespace([process.execPath, helper, dataDirectory]);
    this.#child = spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    this.#gone = new Promise((resolve) => {
      for (const event of ['error', 'exit'])
        this.#child.once(event, (reason) => resolve([`it ended: ${reason}`]));
    });
  }

  /** @throws unless all exit with 0 */
  timeCommands(commands: readonly (readonly string[])[]): Promise<number> {
    return this.timeSequences(commands.map((command) => [command]));
  }

  /** @throws unless all exit with 0 */
  async timeSequences(sequences: readonly (readonly (readonly string[])[])[]): Promise<number> {
    if (!this.#child.connected) throw new Error('no private mount namespace');
    const answer = once(this.#child, 'message');
    this.#child.send(sequences);
    const [result]: unknown[] = await Promise.race([answer, this.#gone]);
    if (typeof result !== 'number') throw new Error(String(result));
    return result;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.connected) this.#child.disconnect();
    await this.#gone;
  }
}
