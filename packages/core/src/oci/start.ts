/** `start`: the command of a container that was made. */
import { closeSync, constants, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { errnoName, fcntl, miscConstants, TcError } from '@tc/linux';
import { resultFifo, startFifo } from '../launch/bundle-spec.ts';
import { isAlive, type OciStore } from './container-state.ts';
import { runHooks, stateForHooks } from './hooks.ts';

const operation = 'start the container';

/** Returns when its command runs. @throws TcError NOT_CREATED, COMMAND_NOT_FOUND, ... */
export function startOci(store: OciStore, id: string): void {
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
  const directory = store.directoryOf(id);
  // Without waiting for a writer, which is gone where the container is; then with waiting for what it says.
  const result = openSync(join(directory, resultFifo), constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const start = openSync(join(directory, startFifo), constants.O_RDWR | constants.O_NONBLOCK);
    // Only one call gets as far as this: the name is gone for the others.
    rmSync(join(directory, startFifo));
    if (!isAlive(state)) throw new TcError('it has ended', { code: 'NOT_CREATED', operation });
    fcntl(result, miscConstants.F_SETFL, 0);
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
  runHooks('poststart', state.hooks.poststart, stateForHooks(state, 'running', state.pid));
}
