/** `start`: the command of a container that was made. */
import { closeSync, constants, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, TcError } from '@tc/linux';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { resultFifo, startFifo } from '../launch/bundle-spec.ts';
import { readOciConfig } from './config/config.ts';
import { isAlive, type OciState, type OciStore } from './container-state.ts';
import { runHooks, stateForHooks } from './hooks.ts';
import { pidInside, runInnerHooks } from './inner-hooks.ts';
import { killFirst } from './signal.ts';
import { translateProcess } from './translate/process.ts';

const operation = 'start the container';

/**
 * Resolves when its command runs. A hook that fails stops the container: runtime.md, "Lifecycle".
 * @throws TcError NOT_CREATED, CONTAINER_PAUSED, START_FAILED, HOOK_FAILED
 */
export async function startOci(store: OciStore, id: string): Promise<void> {
  const state = store.get(id);
  const status = store.statusOf(state);
  if (status !== 'created') {
    const problem =
      status === 'stopped' ? 'cannot start a container that has stopped' : `it is ${status} already`;
    throw new TcError(problem, {
      code: 'NOT_CREATED',
      operation,
      hint: 'Only what was made can be started, once.',
    });
  }
  if (isContainerCgroupFrozen(state.cgroups.directories)) {
    throw new TcError('it is paused', {
      code: 'CONTAINER_PAUSED',
      operation,
      hint: 'Resume it first: it would not start, and whoever starts it would wait.',
    });
  }
  try {
    await runStartHooks(store, state);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'HOOK_FAILED') killFirst(state);
    throw error;
  }
  letGo(store.directoryOf(id), state);
  try {
    runHooks('poststart', state.hooks.poststart, stateForHooks(state, 'running', state.pid));
  } catch (error) {
    killFirst(state);
    throw error;
  }
}

/** In the container, with what its command may, before there is that. */
async function runStartHooks(store: OciStore, state: OciState): Promise<void> {
  const { startContainer } = state.hooks;
  if (startContainer.length === 0) return;
  claim(store.directoryOf(state.id));
  const config = readOciConfig(state.config);
  if (config.process === undefined) return;
  const { id, pid, cgroups, bundle } = state;
  const process = translateProcess(config.process, config, { id, status: 'running', bundle });
  const target = { id, pid, cgroups, isIt: () => isAlive(state) };
  const inside = stateForHooks(state, 'created', pidInside(pid));
  await runInnerHooks('startContainer', startContainer, target, inside, process);
}

/** Of two that start it, only one has the hooks run. @throws TcError NOT_CREATED */
function claim(directory: string): void {
  try {
    closeSync(openSync(join(directory, 'starting'), 'wx'));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    throw new TcError('it is being started already', { code: 'NOT_CREATED', operation, cause });
  }
}

/** Lets the first process go on, and waits until it is the command. */
function letGo(directory: string, state: OciState): void {
  const result = openReader(join(directory, resultFifo));
  try {
    const start = openSync(join(directory, startFifo), constants.O_RDWR | constants.O_NONBLOCK);
    // Only one call gets as far as this: the name is gone for the others.
    rmSync(join(directory, startFifo));
    if (!isAlive(state)) throw new TcError('it has ended', { code: 'NOT_CREATED', operation });
    writeSync(start, '.');
    closeSync(start);
    const said = Buffer.alloc(8);
    if (readSync(result, said) === said.length) {
      const [step, errno] = [said.readUInt32LE(0), said.readUInt32LE(4)];
      const what = state.steps.find((each) => each.step === step)?.what ?? `step ${step}`;
      throw new TcError(`${what}: ${errnoName(errno)}`, { code: 'START_FAILED', operation });
    }
  } finally {
    closeSync(result);
  }
}

/**
 * A reader of a FIFO that waits for what is said, but for no writer, which is gone where the container is: open(2) waits
 * for none as long as we ourselves are one. (fcntl(2) would do, but has the FFI loaded, a third of what a call takes.)
 */
function openReader(path: string): number {
  const both = openSync(path, constants.O_RDWR);
  try {
    return openSync(path, constants.O_RDONLY);
  } finally {
    closeSync(both);
  }
}
