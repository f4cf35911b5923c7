/** From the pids of a running container to something that lasts. */
import { join } from 'node:path';
import { isAlive } from './alive.ts';
import { readBytes } from './files.ts';
import { stateFiles } from './layout.ts';
import { decodeRunning, type Running } from './running-file.ts';

/**
 * `use` opens a descriptor of one of its processes, or of what that has. The supervisor removes the file `running`
 * before it reaps the first process: where the supervisor lives and the file is still the same afterwards, no pid came
 * to mean another process meanwhile.
 * @param discard closes what `use` gave, where that was in vain
 * @returns undefined where the container does not run
 */
export function pinRunning<T>(
  stateDirectory: string,
  use: (running: Running) => T | undefined,
  discard: (pinned: T) => void,
): T | undefined {
  const path = join(stateDirectory, stateFiles.running);
  const bytes = readBytes(path);
  const running = bytes && decodeRunning(bytes);
  if (running === undefined) return undefined;
  const pinned = use(running);
  if (pinned === undefined) return undefined;
  // In this order: the file that is read after is of the supervisor that lives now.
  if (isAlive(stateDirectory) && readBytes(path)?.equals(bytes ?? Buffer.alloc(0))) return pinned;
  discard(pinned);
  return undefined;
}
