import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, ContainerExit } from '@tc/core';
import { sit } from '@tc/core/terminal';
import { forwardSignals } from '../cli/signals.ts';
import { connect } from './connect.ts';
import { printLog } from './print-log.ts';
import { reportEnding } from './report-ending.ts';
import type { RunValues } from './run.ts';

/** How often to look whether it runs again. A restart takes 100 ms at least. */
const lookMs = 50;

/**
 * In the foreground: the library starts it again as long as this process lives. It is removed when that has come to an
 * end, or when somebody has stopped it.
 */
export async function runWithRestarts(container: Container, values: RunValues): Promise<number> {
  const over = Promise.withResolvers<false>();
  using _ = forwardSignals((signal) => {
    container.kill(signal).catch((error: unknown) => {
      // Between two runs there is nobody to hear it.
      if ((error as { code?: unknown }).code === 'CONTAINER_NOT_RUNNING') over.resolve(false);
    });
  });
  try {
    let since = new Date();
    await container.start();
    let exit: ContainerExit;
    do {
      await showOutput(container, since);
      exit = await container.wait();
      since = new Date((exit.finishedAt ?? new Date()).getTime() + 1);
    } while (await Promise.race([runsAgain(container, exit), over.promise]));
    const code = reportEnding(exit, values);
    await container.remove({ force: true });
    // The library may be waiting for the next time.
    process.exit(code);
  } catch (error) {
    await container.remove({ force: true }).catch(() => {});
    throw error;
  }
}

async function showOutput(container: Container, since: Date): Promise<void> {
  const attachments = await connect(container, false, { replay: since });
  if (attachments === undefined) return printLog(container, { since });
  const [first, second] = attachments;
  await sit({ output: first.output, ...(second && { errorOutput: second.output }) }, { interactive: false });
  for (const attachment of attachments) attachment.detach();
}

/** Resolves with false when this process has nothing left to do, so that nothing of it will start the container. */
async function runsAgain(container: Container, last: ContainerExit): Promise<boolean> {
  const { promise: nothingLeft, resolve } = Promise.withResolvers<true>();
  const end = () => resolve(true);
  process.once('beforeExit', end);
  try {
    for (let isLast = false; ; ) {
      const { startedAt } = await container.inspect();
      if (startedAt?.getTime() !== last.startedAt?.getTime()) return true;
      if (isLast) return false;
      // A run may come and go between two looks: after the end there is one more.
      isLast = await Promise.race([nothingLeft, sleep(lookMs, false, { ref: false })]);
    }
  } finally {
    process.off('beforeExit', end);
  }
}
