/** The processes of the stress test: started, killed at random, and started again until they have done their work. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { fastDirectory } from './rootfs.ts';
import type { StressSetting } from './stress-plan.ts';
import { seededRandom } from './stress-random.ts';

const script = fileURLToPath(new URL('stress-worker.ts', import.meta.url));

export class StressProcesses {
  readonly #setting: StressSetting;
  readonly #living = new Map<number, ChildProcess>();
  kills = 0;

  constructor(setting: StressSetting) {
    this.#setting = setting;
  }

  /** Settles when all have ended by themselves. @throws where one ends with an error */
  async work(): Promise<void> {
    const numbers = Array.from({ length: this.#setting.processes }, (_, worker) => worker);
    const over = new AbortController();
    const killing = this.#killAtRandom(over.signal);
    try {
      await Promise.all(numbers.map((worker) => this.#lead(worker)));
    } finally {
      over.abort();
      for (const child of this.#living.values()) child.kill('SIGKILL');
      await killing;
    }
  }

  async #lead(worker: number): Promise<void> {
    for (let incarnation = 0; ; incarnation += 1) {
      const name = `${worker}.${incarnation}`;
      const args = ['--conditions=tc-source', '--no-warnings', script, name, JSON.stringify(this.#setting)];
      const cache = join(fastDirectory, `tctl-tests-${process.geteuid?.()}`, 'node');
      const child = spawn(process.execPath, args, {
        env: { ...process.env, NODE_COMPILE_CACHE: cache },
        stdio: ['ignore', 'inherit', 'pipe'],
      });
      let errors = '';
      child.stderr.setEncoding('utf8').on('data', (text: string) => {
        errors += text;
      });
      this.#living.set(worker, child);
      const [code, signal]: unknown[] = await once(child, 'close');
      this.#living.delete(worker);
      if (errors !== '') throw new Error(`process ${name}: ${errors}`);
      if (code === 0) return;
      if (signal !== 'SIGKILL') throw new Error(`process ${name} ended with ${code ?? signal}`);
    }
  }

  async #killAtRandom(over: AbortSignal): Promise<void> {
    const random = seededRandom(this.#setting.seed, 3);
    // However slow the machine is: each of them costs the start of a Node.js.
    const most = Math.max(4, this.#setting.containers / 4);
    while (!over.aborted && this.kills < most) {
      await sleep((100 + random.next() * 500) * this.#setting.slowness, undefined, { signal: over }).catch(
        () => {},
      );
      const [victim] = random.shuffled([...this.#living.values()]);
      if (over.aborted || victim === undefined) continue;
      this.kills += 1;
      victim.kill('SIGKILL');
    }
  }
}
