import { TcError } from '@tc/linux';
import { listContainers } from './list.ts';
import type { ContainerInfo } from './options.ts';
import { removeContainer } from './remove.ts';

export interface PruneOptions {
  /** Also those that were never started. Somebody may be about to. */
  created?: boolean;
  /** Which of them may go. Default: all. */
  filter?: (container: ContainerInfo) => boolean;
}

/** Those that somebody else removes or starts meanwhile are passed over. */
export async function pruneContainers(
  runtimeDirectory: string,
  { created = false, filter = () => true }: PruneOptions,
): Promise<string[]> {
  const { containers } = await listContainers(runtimeDirectory);
  const removed: string[] = [];
  for (const container of containers) {
    const { id, state, ephemeral } = container;
    const isOver = state === 'exited' || (created && state === 'created');
    if (ephemeral || !isOver || !filter(container)) continue;
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
