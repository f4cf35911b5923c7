import { TcError } from '@tc/linux';
import { listContainers } from './list.ts';
import { removeContainer } from './remove.ts';

export interface PruneOptions {
  /** Also those that were never started. Somebody may be about to. */
  created?: boolean;
}

/** Those that somebody else removes or starts meanwhile are passed over. */
export async function pruneContainers(
  runtimeDirectory: string,
  { created = false }: PruneOptions,
): Promise<string[]> {
  const { containers } = await listContainers(runtimeDirectory);
  const removed: string[] = [];
  for (const { id, state, ephemeral } of containers) {
    if (ephemeral || !(state === 'exited' || (created && state === 'created'))) continue;
    try {
      await removeContainer({ runtimeDirectory, id });
      removed.push(id);
    } catch (error) {
      const passed = error instanceof TcError && /^CONTAINER_(NOT_FOUND|RUNNING)$/.test(error.code);
      if (!passed) throw error;
    }
  }
  return removed;
}
