/** What the journal of events tells must be a life that a container can have. */
import type { ContainerEvent } from '@tc/core';
import type { Entry } from './stress-history.ts';
import type { ContainerPlan } from './stress-plan.ts';
import type { Wrong } from './stress-rules.ts';

/**
 * Starts and ends take turns, as supervisors write them and nobody kills those; what a process writes may be missing
 * where it was killed. Nothing comes before the creation, or after the removal.
 */
export function judgeEvents(
  events: readonly ContainerEvent[],
  entries: readonly Entry[],
  plans: readonly ContainerPlan[],
): Wrong[] {
  const numbers = new Map(entries.flatMap(({ id, n }) => (id === undefined ? [] : [[id, n] as const])));
  const wrong: Wrong[] = [];
  for (const [id, own] of Map.groupBy(events, (event) => event.id)) {
    const n = numbers.get(id);
    if (n === undefined) continue; // its creator was killed before it could note the id, and somebody pruned it
    const kinds = own.map(({ kind }) => kind);
    const tell = (problem: string) => wrong.push({ n, at: 0, problem: `${problem}: ${kinds.join(' ')}` });
    const runs = kinds.filter((kind) => kind === 'start' || kind === 'exit');
    if (runs.some((kind, index) => kind !== (index % 2 === 0 ? 'start' : 'exit'))) {
      tell('starts and exits do not take turns');
    }
    if (kinds.lastIndexOf('create') > 0) tell('it was made twice, or late');
    const removal = kinds.indexOf('remove');
    // One that removes itself does so while others act on it: what they did is written a moment later.
    const late = plans[n]?.options.autoRemove !== true && removal !== -1 && removal !== kinds.length - 1;
    if (late) tell('something happened after its removal');
    const answered = entries.filter((entry) => entry.id === id && entry.answer?.code === 'ok');
    const starts = answered.filter(({ act }) => act === 'start').length;
    if (kinds.filter((kind) => kind === 'start').length < starts) tell(`${starts} starts succeeded`);
  }
  return wrong;
}
