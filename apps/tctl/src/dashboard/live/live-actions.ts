import { Container, type LimitUpdate, TcError } from '@tc/core';
import { writeOut } from '../../cli/output.ts';
import { printable } from '../../cli/printable.ts';
import { attachTo } from '../../commands/attach-to.ts';
import { execInTerminal } from '../../commands/exec.ts';
import { terminalType } from '../../commands/to-run-options.ts';
import { defaultDetachKeys, parseDetachKeys } from '../../terminal/detach-keys.ts';
import type { Actions, SpawnRequest } from '../actions/actions.ts';
import { wordsOf } from '../actions/words-of.ts';
import { recallSpawn, rememberSpawn } from './last-spawn.ts';
import { imageNames, spawnContainer } from './spawn.ts';

/** The best shell that it has. */
const shellCommand = ['sh', '-c', 'command -v bash >/dev/null 2>&1 && exec bash || exec sh'];

/** What the dashboard does to containers of this machine: @tc/core's Container. */
export class LiveActions implements Actions {
  async kill(id: string, signal: NodeJS.Signals): Promise<void> {
    await (await Container.get(id)).kill(signal);
  }

  async stop(id: string): Promise<void> {
    await (await Container.get(id)).stop();
  }

  async start(id: string): Promise<void> {
    await (await Container.get(id)).start();
  }

  async restart(id: string): Promise<void> {
    await (await Container.get(id)).restart();
  }

  async pause(id: string): Promise<void> {
    await (await Container.get(id)).pause();
  }

  async resume(id: string): Promise<void> {
    await (await Container.get(id)).resume();
  }

  async remove(id: string, { force }: { readonly force: boolean }): Promise<void> {
    await (await Container.get(id)).remove({ force });
  }

  async rename(id: string, name: string): Promise<void> {
    await (await Container.get(id)).rename(name);
  }

  async update(id: string, limits: LimitUpdate): Promise<void> {
    await (await Container.get(id)).update(limits);
  }

  async spawn(request: SpawnRequest, onProgress: (text: string) => void = () => {}): Promise<string> {
    const { id } = await spawnContainer(request, onProgress);
    rememberSpawn(request);
    return id;
  }

  lastSpawn(): SpawnRequest | undefined {
    return recallSpawn();
  }

  async shell(id: string): Promise<number> {
    const container = await Container.get(id);
    // Where one is, and how one gets back: the dashboard is out of sight.
    writeOut(`A shell in ${printable(container.name)}: exit, or Ctrl-D, brings the dashboard back.\r\n`);
    try {
      return await execInTerminal(container, shellCommand, { env: terminalType(true) }, true);
    } catch (error) {
      throw (error as { code?: unknown }).code === 'COMMAND_NOT_FOUND' ? noShell(error) : error;
    }
  }

  async attach(id: string): Promise<number> {
    const keys = parseDetachKeys(defaultDetachKeys);
    const container = await Container.get(id);
    if (!(await container.inspect()).tty) throw noTerminal();
    writeOut(`At ${printable(container.name)}: Ctrl-P Ctrl-Q brings the dashboard back.\r\n`);
    return attachTo(container, { interactive: true, keys });
  }

  async images(): Promise<readonly string[]> {
    return imageNames();
  }

  async runWords(id: string): Promise<readonly string[]> {
    return wordsOf(await (await Container.get(id)).inspect());
  }
}

/** There, keys would come a line at a time, and so not leave it; and Ctrl-C would end it. */
function noTerminal(): TcError {
  return new TcError('it has no terminal', {
    operation: 'sit down at it',
    code: 'NO_TERMINAL',
    hint: 'l shows what it writes, ! opens a shell in it.',
  });
}

function noShell(cause: unknown): TcError {
  return new TcError('there is no sh in it', {
    operation: 'open a shell',
    code: 'COMMAND_NOT_FOUND',
    hint: 'Its image has no shell; look at its files with tctl cp, at its processes on the page 2.',
    cause,
  });
}
