/** What happens to the containers of a runtime directory. */

import { followFrames, sizesOf } from '../logs/follow-frames.ts';
import { atMoment, type Moment, readMoment } from '../logs/moment.ts';
import { stoppable } from '../logs/stoppable.ts';
import { ensureRuntimeDirectory, runtimeDirectory } from '../state/runtime-directory.ts';
import { type ContainerEvent, eventFormat } from './event.ts';
import { journalFiles } from './journal.ts';

export interface EventsOptions {
  /** Begin with what happened from then on: a Date, or how long ago (milliseconds, or `5m`). Default: now. */
  since?: Moment;
  /** End then; at once where that is past. Default: never. */
  until?: Moment;
  /** Aborting it ends the iteration, without an error. */
  signal?: AbortSignal;
  /** Of one container: its id or its name, which may change. */
  id?: string;
}

/**
 * Events as they happen, in whichever process. What happens after this call is never missed, however late the iteration
 * begins; nothing is held open before it does, and nothing after it has ended. The journal holds some thousands of
 * events: a reader that lags behind further misses the oldest.
 * @throws TcError INVALID_OPTION, INVALID_DURATION at once; RUNTIME_DIRECTORY, WATCH_FAILED at the first event
 */
export function containerEvents(
  options: EventsOptions = {},
  directory: string = runtimeDirectory(),
): AsyncIterableIterator<ContainerEvent, void> & AsyncDisposable {
  const operation = 'read events';
  const since = options.since === undefined ? undefined : readMoment(options.since, operation);
  const until = options.until === undefined ? undefined : readMoment(options.until, operation);
  const { id } = options;
  const files = journalFiles(directory);
  const skip = since === undefined ? sizesOf(files) : undefined;
  const isWanted = (event: ContainerEvent) =>
    (id === undefined || event.id === id || event.name === id) &&
    (since === undefined || event.time >= since) &&
    (until === undefined || event.time <= until);

  async function* read(signal: AbortSignal): AsyncGenerator<ContainerEvent, void> {
    const follow = until === undefined || until.getTime() > Date.now();
    if (follow) ensureRuntimeDirectory(directory); // to watch it, it has to be there
    const { promise: ended, resolve: end } = Promise.withResolvers<void>();
    const forget = follow && until !== undefined ? atMoment(until, end) : () => {};
    try {
      for await (const { frames } of followFrames(files, eventFormat, { follow, ended, signal, skip }))
        yield* frames.filter(isWanted);
    } finally {
      forget();
    }
  }

  return stoppable(read, options.signal);
}

/** What happened so far, as far as the journal reaches back. */
export async function readEvents(
  options: Omit<EventsOptions, 'until'> = {},
  directory: string = runtimeDirectory(),
): Promise<ContainerEvent[]> {
  const everything = { since: new Date(0), ...options, until: new Date() };
  const events: ContainerEvent[] = [];
  for await (const event of containerEvents(everything, directory)) events.push(event);
  return events;
}
