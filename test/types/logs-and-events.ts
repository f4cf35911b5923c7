import type { ContainerEvent, EventKind, EventsOptions, LogEntry, LogsOptions, Moment } from '@tc/core';
import { Container } from '@tc/core';
import { type Equal, type Expect, same } from './equal.ts';

export type When = Expect<Equal<Moment, Date | number | string>>;
export type Logs = Expect<
  Equal<
    LogsOptions,
    {
      follow?: boolean;
      since?: Moment;
      until?: Moment;
      tail?: number;
      stdout?: boolean;
      stderr?: boolean;
      signal?: AbortSignal;
    }
  >
>;
export type Entry = Expect<
  Equal<
    LogEntry,
    {
      readonly time: Date;
      readonly stream: 'stdout' | 'stderr';
      readonly line: string;
      readonly partial: boolean;
    }
  >
>;
export type Events = Expect<
  Equal<EventsOptions, { since?: Moment; until?: Moment; signal?: AbortSignal; id?: string }>
>;
export type Kinds = Expect<
  Equal<
    EventKind,
    'create' | 'start' | 'exit' | 'remove' | 'pause' | 'resume' | 'update' | 'rename' | 'oom' | 'pids-max'
  >
>;
export type Event = Expect<
  Equal<
    ContainerEvent,
    {
      readonly time: Date;
      readonly kind: EventKind;
      readonly id: string;
      readonly name: string;
      readonly pid?: number;
      readonly exitCode?: number;
      readonly signal?: NodeJS.Signals;
      readonly reason?: 'timeout' | 'cpu' | 'output' | 'aborted';
      readonly count?: number;
    }
  >
>;

const container = await Container.get('web');
for await (const entry of container.logs({ follow: true, since: '5m', tail: 10 })) {
  same<typeof entry, LogEntry>();
}
for await (const event of container.events({ since: new Date() })) {
  same<typeof event, ContainerEvent>();
}
{
  await using events = Container.events({ id: 'web', until: 1000 });
  const { value, done } = await events.next();
  void [value, done];
  await using logs = container.logs();
  const iterator: AsyncIterableIterator<LogEntry> = logs;
  void iterator;
}
// @ts-expect-error: a container's events are its own
container.events({ id: 'other' });
