import type { Container } from '@tc/core';
import { rawTerminal, sit, writerTo } from '@tc/core/terminal';
import { writeError } from '../cli/output.ts';
import { insistentKill } from './insistent-kill.ts';
import { reportEnding } from './report-ending.ts';
import type { RunValues } from './run.ts';

interface InTerminal {
  readonly interactive: boolean;
  readonly keys: Uint8Array;
  readonly values: RunValues;
}

/** The container ends with us, unless somebody detaches. */
export async function runInTerminal(container: Container, options: InTerminal): Promise<number> {
  const { interactive, keys, values } = options;
  const giveUp = new AbortController();
  const exit = container.wait({ signal: giveUp.signal });
  exit.catch(() => {}); // of a start that fails
  let isDetached = false;
  try {
    using kill = insistentKill(() => container);
    // Before the start, so that nothing that is typed is shown twice, or lost.
    using raw = interactive ? rawTerminal(0) : undefined;
    const terminal = await container.start({ attach: true });
    const left = await sit(
      { output: terminal, write: writerTo(terminal), resize: (size) => terminal.resize(size) },
      { interactive, detachKeys: keys },
    );
    raw?.[Symbol.dispose]();
    if (left === 'detached') {
      isDetached = true;
      terminal.detach();
      writeError('read escape sequence\n');
      return 0;
    }
    terminal.destroy();
    if (left === 'gone') kill.send('SIGHUP');
    return reportEnding(await exit, values);
  } catch (error) {
    await container.remove({ force: true }).catch(() => {}); // it may have removed itself
    throw error;
  } finally {
    if (isDetached) giveUp.abort();
  }
}
