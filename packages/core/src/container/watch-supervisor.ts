import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive, whenSupervisorEnds } from '../state/alive.ts';
import { stateFiles } from '../state/layout.ts';

export interface SupervisorWatch extends Disposable {
  readonly ended: Promise<void>;
  /** Whether the state directory is still that supervisor's: not yet that of another run. */
  isCurrent(): boolean;
}

/**
 * The end of the supervisor that lives now; undefined where none does. From here on that end is not missed, also where
 * another run follows at once.
 */
export function watchSupervisor(stateDirectory: string): SupervisorWatch | undefined {
  if (!isAlive(stateDirectory)) return undefined;
  const over = new AbortController();
  const ended = whenSupervisorEnds(stateDirectory, { signal: over.signal });
  ended.catch(() => {}); // after the disposal nobody waits
  // Each run makes a FIFO of its own; as long as this one is open here, no other has its number.
  const fifo = inodeOf(stateDirectory);
  return {
    ended,
    isCurrent: () => fifo !== undefined && inodeOf(stateDirectory) === fifo,
    [Symbol.dispose]: () => over.abort(),
  };
}

function inodeOf(stateDirectory: string): number | undefined {
  return statSync(join(stateDirectory, stateFiles.alive), { throwIfNoEntry: false })?.ino;
}
