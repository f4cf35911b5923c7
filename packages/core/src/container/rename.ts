import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { appendEvent } from '../events/journal.ts';
import { writeConfig } from '../state/config-file.ts';
import { alreadyRunning } from '../state/errors.ts';
import { hasErrno } from '../state/files.ts';
import { whileMaking } from '../state/lock.ts';
import { nameTaken } from '../state/name-taken.ts';
import { checkName } from '../state/names.ts';
import { alone, type ContainerReference } from './reference.ts';

/**
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_EXISTS, INVALID_OPTION; CONTAINER_EPHEMERAL for what `run()` made;
 * CONTAINER_RUNNING where it removes itself at its end, which it does under the name that it was started with
 */
export async function renameContainer(reference: ContainerReference, newName: string): Promise<void> {
  const { runtimeDirectory, id } = reference;
  const name = checkName(newName);
  await alone(reference, async ({ config, alive, directory }) => {
    if (config === undefined) throw ephemeral(id);
    if (config.name === name) return;
    if (alive && config.options.autoRemove) throw alreadyRunning(config.name, 'rename');
    await whileMaking(runtimeDirectory, () => {
      // In this order a process that dies here leaves one name too many, which the next clean-up removes.
      if (name !== id) takeName(runtimeDirectory, name, id);
      try {
        writeConfig(directory, { ...config, name });
      } catch (error) {
        if (name !== id) rmSync(join(runtimeDirectory, name), { force: true });
        throw error;
      }
      if (config.name !== id) rmSync(join(runtimeDirectory, config.name), { force: true });
    });
    appendEvent(runtimeDirectory, { kind: 'rename', id, name, value: 0 });
  });
}

/** @throws TcError CONTAINER_EXISTS */
export function takeName(runtimeDirectory: string, name: string, id: string): void {
  try {
    symlinkSync(id, join(runtimeDirectory, name));
  } catch (error) {
    throw hasErrno(error, 'EEXIST') ? nameTaken(runtimeDirectory, name) : error;
  }
}

function ephemeral(id: string): TcError {
  return new TcError('run() made it', {
    code: 'CONTAINER_EPHEMERAL',
    operation: `rename the container ${id}`,
    hint: 'Its name is its id; Container.create makes containers that can be renamed.',
  });
}
