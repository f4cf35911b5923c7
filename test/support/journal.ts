/** The journal of events, as its bytes say. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ContainerEvent, eventFormat } from '../../packages/core/src/events/event.ts';
import { runtimeDirectory } from './kernel.ts';

/** What happened to a container, in order. */
export function eventsOf(id: string): ContainerEvent[] {
  const bytes = readFileSync(join(runtimeDirectory, '.events'));
  const events: ContainerEvent[] = [];
  for (let at = 0; at < bytes.length; at += eventFormat.headerBytes) {
    if (eventFormat.sizeAt(bytes, at) === undefined) throw new Error(`no event at ${at}`);
    events.push(eventFormat.decode(bytes.subarray(at, at + eventFormat.headerBytes)));
  }
  return events.filter((event) => event.id === id);
}
