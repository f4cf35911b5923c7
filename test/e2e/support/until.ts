import { setTimeout as sleep } from 'node:timers/promises';
import { scaled } from '../../support/scale.ts';

/** Waits until something holds: a shared machine may stand still for many seconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  what: () => string,
  milliseconds = scaled(30_000),
): Promise<void> {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > milliseconds)
      throw new Error(`in ${milliseconds} ms it did not happen: ${what()}`);
    await sleep(5);
  }
}
