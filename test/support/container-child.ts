/**
 * A Node.js process of its own that acts on a container, for what takes two of them, and for what is killed. Takes one
 * argument, a `ContainerJob` as JSON, and writes a line of JSON for each thing done.
 */
import { Container, type ContainerOptions } from '@tc/core';

export interface ContainerJob {
  readonly create?: ContainerOptions;
  /** Its name or id. */
  readonly get?: string;
  /** Names of methods, with their arguments. */
  readonly calls?: readonly (readonly [method: string, ...args: readonly unknown[]])[];
  /** Do the calls over and over, whatever comes of them. */
  readonly forever?: boolean;
  /** Do not end by itself. */
  readonly stay?: boolean;
}

const job: ContainerJob = JSON.parse(process.argv[2] ?? '');
const container = job.create ? await Container.create(job.create) : await Container.get(job.get ?? '');
console.log(JSON.stringify({ id: container.id }));
do {
  for (const [method, ...args] of job.calls ?? []) {
    const start = performance.now();
    const methods = container as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const answer = await methods[method]?.(...args).then(
      (value) => ({ value }),
      ({ code, message }: Error & { code?: unknown }) => ({ error: { code, message } }),
    );
    const milliseconds = Math.round(performance.now() - start);
    console.log(JSON.stringify({ method, ...answer, milliseconds }));
  }
} while (job.forever);
if (job.stay) setInterval(() => {}, 1e6);
