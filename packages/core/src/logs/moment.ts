import { parseDuration } from '../run/duration.ts';
import { invalid } from '../run/invalid.ts';

/** A point in time, or how long ago that is: milliseconds, or `5m`. */
export type Moment = Date | number | string;

/** @throws TcError INVALID_DURATION, INVALID_OPTION */
export function readMoment(moment: Moment, operation: string): Date {
  if (!(moment instanceof Date)) return new Date(Date.now() - parseDuration(moment, operation));
  if (Number.isNaN(moment.getTime()))
    invalid('it is an invalid Date', operation, 'Give a valid Date, or how long ago: milliseconds, or 5m.');
  return moment;
}

/** Longer timers end at once: setTimeout() takes 32 bits. */
const longestTimerMs = 2 ** 31 - 1;

/** Calls at that time, which may be further away than one timer reaches. @returns what forgets about it */
export function atMoment(moment: Date, call: () => void): () => void {
  let timer: NodeJS.Timeout;
  const wait = () => {
    const restMs = Math.max(moment.getTime() - Date.now(), 0);
    timer = restMs > longestTimerMs ? setTimeout(wait, longestTimerMs) : setTimeout(call, restMs);
  };
  wait();
  return () => clearTimeout(timer);
}
