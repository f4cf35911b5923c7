import { watch } from 'node:fs';
import { TcError } from '@tc/linux';
import { readEvents } from '../events/watch.ts';
import { noSuchContainer } from '../state/errors.ts';
import { lostExit } from '../state/exited-file.ts';
import { hasErrno } from '../state/files.ts';
import { readContainer } from '../state/state-directory.ts';
import type { ContainerExit } from './options.ts';
import { type ContainerReference, stateDirectoryOf } from './reference.ts';
import { watchSupervisor } from './watch-supervisor.ts';

export interface WaitOptions {
  /** Aborting it gives the waiting up, and nothing else. */
  signal?: AbortSignal;
}

/**
 * How the run ends that goes on now; how the last one ended, where none does; or of one that was never started, how its
 * first run ends. Any number of processes may wait.
 * @throws TcError CONTAINER_NOT_FOUND where it is removed before it has run, ABORTED
 */
export async function waitForExit(
  reference: ContainerReference,
  { signal }: WaitOptions = {},
): Promise<ContainerExit> {
  const { runtimeDirectory, id } = reference;
  const directory = stateDirectoryOf(reference);
  let wasThere = false;
  for (;;) {
    using supervisor = watchSupervisor(directory);
    if (supervisor !== undefined) {
      await abortable(supervisor.ended, signal);
      const after = readContainer(runtimeDirectory, id);
      if (after === undefined) return exitInJournal(reference);
      if (after.exit !== undefined) return after.exit;
      continue; // it did not come to a run
    }
    using change = nextChange(directory);
    const record = readContainer(runtimeDirectory, id);
    if (record?.exit !== undefined) return record.exit;
    if (record === undefined || change === undefined) {
      // With autoRemove, a whole run may come and go between two looks.
      if (wasThere && (await hasRun(reference))) return exitInJournal(reference);
      throw noSuchContainer(id);
    }
    wasThere = true;
    if (!record.alive) await abortable(change.happened, signal);
  }
}

/** The next time that a file comes or goes; undefined where there is no such directory. */
function nextChange(directory: string): (Disposable & { readonly happened: Promise<void> }) | undefined {
  const { promise: happened, resolve } = Promise.withResolvers<void>();
  try {
    const watcher = watch(directory, () => resolve());
    watcher.on('error', () => resolve());
    return { happened, [Symbol.dispose]: () => watcher.close() };
  } catch (error) {
    if (hasErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
}

async function hasRun({ runtimeDirectory, id }: ContainerReference): Promise<boolean> {
  return (await readEvents({ id }, runtimeDirectory)).some(({ kind }) => kind === 'exit');
}

/** Where nothing else is left of it. */
async function exitInJournal({ runtimeDirectory, id }: ContainerReference): Promise<ContainerExit> {
  const events = await readEvents({ id }, runtimeDirectory);
  const last = events.findLastIndex(({ kind }) => kind === 'exit');
  const exit = events[last];
  const first = events.slice(0, Math.max(last, 0)).findLastIndex(({ kind }) => kind === 'start');
  const startedAt = events[first]?.time;
  if (exit === undefined) return lostExit(startedAt);
  const oomKilled = events.slice(Math.max(first, 0), last).some(({ kind }) => kind === 'oom');
  return {
    ...lostExit(startedAt),
    exitCode: exit.exitCode,
    signal: exit.signal,
    reason:
      exit.reason ??
      (oomKilled && exit.exitCode !== 0 ? 'oom' : exit.signal === undefined ? 'exit' : 'signal'),
    timedOut: exit.reason === 'timeout',
    finishedAt: exit.time,
    oomKilled,
    wallMs: startedAt && exit.time.getTime() - startedAt.getTime(),
  };
}

async function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const details = { code: 'ABORTED' as const, operation: 'wait for a container', cause: signal.reason };
  const abort = () => reject(new TcError('the signal was aborted', details));
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
