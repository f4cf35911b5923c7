import { watch } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** Waits until a file has another size. By inotify(7), and by looking, where that tells nothing: on NFS and FUSE. */
export async function whenChanged(
  path: string,
  handle: FileHandle,
  size: number,
  signal: AbortSignal | undefined,
  lookEveryMs = 1000,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const look = () => {
    handle.stat().then(
      (stat) => stat.size !== size && resolve(),
      () => resolve(), // it was closed, and whoever reads next is told
    );
  };
  const abort = () => resolve();
  const timer = setInterval(look, lookEveryMs);
  const watcher = attempt(() => watch(path, look));
  watcher?.on('error', () => {});
  signal?.addEventListener('abort', abort);
  try {
    look(); // it may have changed before it was watched
    if (!signal?.aborted) await promise;
  } finally {
    signal?.removeEventListener('abort', abort);
    watcher?.close();
    clearInterval(timer);
  }
}

/** inotify has a limit of watches for each user, and the file may have been renamed. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
