/** `tctl run -d`, `-t` and `--restart`: what takes a container that has a life of its own. */
import { Container, type ContainerOptions } from '@tc/core';
import { ownSize } from '@tc/core/terminal';
import { writeOut } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import { parseDetachKeys } from '../terminal/detach-keys.ts';
import { idFile } from './id-file.ts';
import { keepStdin } from './keep-stdin.ts';
import { needTerminal } from './need-terminal.ts';
import type { RunValues } from './run.ts';
import { runInTerminal } from './run-in-terminal.ts';
import { runWithRestarts } from './run-with-restarts.ts';

export async function runAsContainer(values: RunValues, options: ContainerOptions): Promise<number> {
  const { detach, tty, interactive, restart = 'no' } = values;
  const writeId = idFile(values.cidfile);
  if (restart !== 'no') {
    refuseWithRestart(values);
    const container = await Container.create({ ...options, restart: restart as 'always' });
    writeId(container.id);
    return runWithRestarts(container, values);
  }
  if (detach) return runDetached(keepStdin({ ...options, autoRemove: values.rm ?? false }, values), writeId);

  const keys = parseDetachKeys(values['detach-keys'] ?? 'ctrl-p,ctrl-q');
  if (interactive) needTerminal();
  const container = await Container.create({ ...options, autoRemove: true, tty: ownSize() ?? Boolean(tty) });
  writeId(container.id);
  return runInTerminal(container, { interactive: interactive ?? false, keys, values });
}

async function runDetached(options: ContainerOptions, writeId: (id: string) => void): Promise<number> {
  const container = await Container.create({ ...options, detached: true });
  try {
    await container.start();
    writeId(container.id);
  } catch (error) {
    await container.remove({ force: true }).catch(() => {}); // what went wrong first is what counts
    throw error;
  }
  writeOut(`${container.id}\n`);
  return 0;
}

/** @throws UsageError */
function refuseWithRestart(values: RunValues): void {
  if (values.detach) {
    const hint = 'Run it in the foreground, or have systemd start it: there is no daemon that could.';
    throw new UsageError('a restart policy needs an owner that lives, and -d leaves none', hint);
  }
  for (const option of ['tty', 'interactive', 'rm'] as const) {
    if (!values[option]) continue;
    throw new UsageError(`--${option} does not go with --restart`, 'Leave out one of them.');
  }
}
