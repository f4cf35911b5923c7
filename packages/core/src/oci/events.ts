/** `events`: what a container uses, now and then, and when its memory ran out. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TcError } from '@tc/linux';
import { isAlive, type OciState, type OciStore } from './container-state.ts';
import { watchOom } from './oom-watch.ts';
import { statsOf } from './stats.ts';
import type { OciStats } from './stats-types.ts';

export type OciEvent =
  | { readonly type: 'stats'; readonly id: string; readonly data: OciStats }
  | { readonly type: 'oom'; readonly id: string };

/** How long its end may go unnoticed. */
const endMs = 100;

/** What it uses now. @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING */
export function statsEvent(store: OciStore, id: string): OciEvent {
  return { type: 'stats', id, data: statsOf(runningState(store, id).cgroups) };
}

/**
 * Until it ends. @param intervalMs between two of the type `stats`
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_NOT_RUNNING
 */
export async function followEvents(
  store: OciStore,
  id: string,
  intervalMs: number,
  onEvent: (event: OciEvent) => void,
): Promise<void> {
  const state = runningState(store, id);
  await using oom = watchOom(state.cgroups, () => onEvent({ type: 'oom', id }));
  for (let next = performance.now() + intervalMs; isAlive(state); ) {
    const left = next - performance.now();
    if (left <= 0) {
      onEvent({ type: 'stats', id, data: statsOf(state.cgroups) });
      next = performance.now() + intervalMs;
    } else await sleep(Math.min(left, endMs));
  }
  oom.lookAgain();
}

function runningState(store: OciStore, id: string): OciState {
  const state = store.get(id);
  if (isAlive(state)) return state;
  throw new TcError(`container with id ${id} is not running`, {
    code: 'CONTAINER_NOT_RUNNING',
    operation: 'follow its events',
  });
}

/** As JSON in one line; numbers beyond 2^53 as they are. */
export function eventText(event: OciEvent): string {
  const { rawJSON } = JSON as typeof JSON & { rawJSON(text: string): unknown };
  const exact = (_key: string, value: unknown) =>
    typeof value === 'bigint' ? rawJSON(String(value)) : value;
  return JSON.stringify(event, exact);
}
