import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { appendEvent } from '../events/journal.ts';
import { checkShape } from '../run/check-shape.ts';
import { containerShape } from '../run/option-shapes.ts';
import { writeConfig } from '../state/config-file.ts';
import { creationTimeMs } from '../state/creation-time.ts';
import { hasErrno } from '../state/files.ts';
import { whileLocked, whileMaking } from '../state/lock.ts';
import { nameTaken } from '../state/name-taken.ts';
import { checkName, randomId } from '../state/names.ts';
import { ensureRuntimeDirectory, runtimeDirectory } from '../state/runtime-directory.ts';
import { absoluteOptions } from './absolute-options.ts';
import type { ContainerOptions } from './options.ts';
import type { ContainerReference } from './reference.ts';
import { takeName } from './rename.ts';
import { resolveContainer } from './resolve-container.ts';

/** @throws TcError CONTAINER_EXISTS, and for options that can't be used */
export async function createContainer(
  options: ContainerOptions,
): Promise<ContainerReference & { readonly name: string }> {
  checkShape(options, containerShape, 'make a container');
  const runtime = resolve(runtimeDirectory());
  const id = randomId();
  const name = options.name === undefined ? id : checkName(options.name);
  const kept = absoluteOptions(options);
  const config = {
    id,
    name,
    createdAtMs: creationTimeMs(),
    options: kept,
    wanted: 'stopped',
    starts: 0,
  } as const;
  resolveContainer(runtime, config, { attach: false }); // it throws what a start would
  ensureRuntimeDirectory(runtime);
  await whileMaking(runtime, async () => {
    const made = join(runtime, `.new-${id}`);
    mkdirSync(made, { mode: 0o700 });
    try {
      writeConfig(made, config);
      // Others see it from here on, and do nothing to it before its creation is in the journal.
      await whileLocked(made, () => {
        if (name !== id) takeName(runtime, name, id);
        place(made, join(runtime, id), () => rmSync(join(runtime, name), { force: true }));
        appendEvent(runtime, { kind: 'create', id, name, value: 0 });
      });
    } catch (error) {
      rmSync(made, { recursive: true, force: true });
      throw error;
    }
  });
  return { runtimeDirectory: runtime, id, name };
}

/** The container is there from here on: with its configuration and its name, or not at all. */
function place(made: string, directory: string, giveNameBack: () => void): void {
  try {
    if (existsSync(directory)) throw nameTaken(dirname(directory), basename(directory));
    renameSync(made, directory);
  } catch (error) {
    giveNameBack();
    throw hasErrno(error, 'ENOTDIR') ? nameTaken(dirname(directory), basename(directory)) : error; // a name that looks like our id
  }
}
