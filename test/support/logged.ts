/** What a container has written so far. */
import type { Container } from '@tc/core';

/** Waits until it has written that line. */
export async function logged(container: Container, text: string): Promise<void> {
  for await (const { line } of container.logs({ follow: true })) if (line === text) return;
  throw new Error(`it ended, and has not written ${JSON.stringify(text)}`);
}

export async function countLines(container: Container): Promise<number> {
  let count = 0;
  for await (const _ of container.logs()) count += 1;
  return count;
}
