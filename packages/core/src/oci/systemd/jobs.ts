/** systemd's jobs that are done, by the signals that say so: org.freedesktop.systemd1(5), JobRemoved(). */
import type { Message } from './dbus/message.ts';

/** A job waits for others, and one that stops a unit for its processes. */
const timeoutMs = 30_000;

export class Jobs {
  /** Of those that are done: that may be before the answer that names the job. */
  readonly #results = new Map<string, string>();
  readonly #waiting = new Map<string, (result: string) => void>();
  /** Who the manager is on this bus, where others could say that a job is done. */
  manager: string | undefined;

  note({ member, interface: of, sender, body }: Message): void {
    if (member !== 'JobRemoved' || of !== 'org.freedesktop.systemd1.Manager' || sender !== this.manager)
      return;
    const [, job = '', , result = ''] = body.map(String);
    this.#results.set(job, result);
    this.#waiting.get(job)?.(result);
  }

  /** @param job its path, as the manager has answered. @throws Error where it does not end, or not as `done` */
  async whenDone(job: string): Promise<void> {
    const result = this.#results.get(job) ?? (await this.#wait(job));
    if (result !== 'done') throw new Error(`its job ended as ${result}`);
  }

  async #wait(job: string): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    this.#waiting.set(job, resolve);
    const problem = new Error(`its job did not end in ${timeoutMs / 1000} s`);
    const timer = setTimeout(() => reject(problem), timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(job);
    }
  }
}
