/**
 * A Node.js process of its own that runs containers, for what can't be done in the test's: to be killed, or to be
 * started with descriptors, keys or cgroups of another kind. Takes one argument, a `Job` as JSON.
 */

import { once } from 'node:events';
import { readlinkSync, writeSync } from 'node:fs';
import { Container, type RunOptions, run } from '@tc/core';

export interface Job {
  readonly command: readonly string[];
  readonly options: RunOptions;
  /** Instead of `command`, run the container of this OCI bundle, with its states below the runtime directory. */
  readonly bundle?: string;
  /** What is run in it, while it is there. */
  readonly exec?: readonly string[];
  /** Tell where these descriptors of the process lead. */
  readonly descriptors?: readonly number[];
  /** Instead of once, run it over and over, so many at a time, and say `ready` before. */
  readonly forever?: number;
}

export interface Answer {
  readonly exitCode?: number;
  readonly reason?: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly error?: {
    readonly code: unknown;
    readonly operation: unknown;
    readonly hint: unknown;
    readonly message: string;
  };
  readonly descriptors?: readonly string[];
}

async function runBundle(bundle: string): Promise<Answer> {
  const root = `${process.env['TCTL_RUNTIME_DIR']}/oci`;
  await using container = await Container.fromBundle(bundle, { id: name, root, stdout: 'pipe' });
  const chunks: Buffer[] = [];
  container.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  const ended = container.stdout === undefined ? undefined : once(container.stdout, 'close');
  await container.start();
  if (job.exec !== undefined) {
    const { stdout, stderr } = await container.exec(job.exec);
    await container.kill('SIGKILL', { all: true });
    await container.wait();
    return { stdout, stderr };
  }
  const { exitCode } = await container.wait();
  await ended;
  return { exitCode: exitCode ?? -1, stdout: Buffer.concat(chunks).toString() };
}

const job: Job = JSON.parse(process.argv[2] ?? '');
const name = job.options.name ?? 'child';

if (job.forever === undefined) {
  const descriptors = job.descriptors?.map((fd) => readlinkSync(`/proc/self/fd/${fd}`));
  let answer: object;
  try {
    answer = job.bundle === undefined ? await run(job.command, job.options) : await runBundle(job.bundle);
  } catch (error) {
    const { code, operation, hint, message } = error as Error & Record<string, unknown>;
    answer = { error: { code, operation, hint, message } };
  }
  console.log(JSON.stringify({ ...answer, descriptors }));
} else {
  let launches = 0;
  const again = async (): Promise<void> => {
    for (;;) {
      launches += 1;
      writeSync(1, '.'); // our parent counts them
      await run(job.command, { ...job.options, name: `${name}-${launches}` });
    }
  };
  // The first launch takes many times as long as the others: code is loaded and compiled.
  await run(['true'], { ...job.options, name: `${name}-first` });
  writeSync(1, 'ready\n');
  await Promise.all(Array.from({ length: job.forever }, again));
}
