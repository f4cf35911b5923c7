import { Container } from '@tc/core';
import { sleepCommand } from '../oci-sleeper.ts';
import type { Workplace } from '../workplace.ts';

/** Makes so many containers, and starts some of them; they go with the workplace, but for what runs. */
export async function makeContainers(
  place: Workplace,
  { created, running }: { created: number; running: number },
): Promise<AsyncDisposable> {
  const started: Container[] = [];
  for (let n = 0; n < created + running; n += 1) {
    const options = { rootfs: place.rootfs, command: sleepCommand, name: place.id() };
    const container = await Container.create({ ...options, detached: true });
    if (n >= running) continue;
    started.push(container);
    await container.start();
  }
  return {
    async [Symbol.asyncDispose]() {
      for (const container of started) await container.remove({ force: true });
    },
  };
}
