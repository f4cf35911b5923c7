import { writeOut } from '../../cli/output.ts';
import { printError } from '../../cli/print-error.ts';
import { makeRows, type Row, type Scope } from '../model/row.ts';
import { sortBy, sortRows } from '../model/sort.ts';
import type { Source, Update } from '../source/source.ts';
import { clock, describe, news, summary } from './sentences.ts';

const summaryEveryMs = 60_000;

/**
 * For screen readers, dumb terminals and logs: first a line for all and one for each container, then a line whenever
 * something happens, and a summary every minute. Nothing is drawn twice.
 * @param goesOn or ends after the first lines: for a pipe or a file whose owner has not asked for more
 */
export async function runPlain(source: Source, scope: Scope, goesOn: boolean): Promise<number> {
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const handlers = Object.entries({ SIGINT: 0, SIGTERM: 143, SIGHUP: 129 }).map(
    ([signal, code]) => [signal, () => end(code)] as const,
  );
  for (const [signal, handler] of handlers) process.on(signal, handler);
  let rows: readonly Row[] | undefined;
  let summaryMs = 0;
  const isHigh = new Set<string>();
  const say = (update: Update) => {
    // Rates are known from the second frame on.
    if (!goesOn && update.frame.host.cpuShare === undefined) return;
    const now = sortRows(makeRows(update, scope).filter(isKnown), sortBy('cpu'));
    const time = update.frame.time.getTime();
    if (rows === undefined) {
      const lines = [summary(update), ...now.map(describe)];
      if (goesOn) lines.push('Changes follow. Ctrl-C ends this.');
      else end(0);
      writeOut(`${lines.join('\n')}\n`);
      news(now, now, isHigh);
    } else {
      const lines = news(rows, now, isHigh).map((line) => `${clock(update.frame.time)} ${line}`);
      if (time - summaryMs >= summaryEveryMs) lines.push(summary(update));
      if (lines.length > 0) writeOut(`${lines.join('\n')}\n`);
    }
    if (rows === undefined || time - summaryMs >= summaryEveryMs) summaryMs = time;
    rows = now;
  };
  source.open(say, printError);
  try {
    return await ended;
  } finally {
    for (const [signal, handler] of handlers) process.off(signal, handler);
    await source[Symbol.asyncDispose]();
  }
}

/** What has just begun has no figures yet: it is told of when it has. */
function isKnown({ state, sample }: Row): boolean {
  return sample !== undefined || (state !== 'running' && state !== 'paused');
}
