/** `--filter` of what removes what nobody needs, as in Docker. */
import { parseFilters } from './filters.ts';
import { hasLabel, type Labels } from './labels.ts';
import { parseMoment } from './moments.ts';
import { UsageError } from './usage-error.ts';

export interface Prunable {
  readonly createdAt: Date | undefined;
  readonly labels: Labels;
}

/** The filters of labels that `tctl volume ls` has too. */
export const labelFilters = {
  label: ({ labels }: Pick<Prunable, 'labels'>, wanted: string) => hasLabel(labels, wanted),
  'label!': ({ labels }: Pick<Prunable, 'labels'>, wanted: string) => !hasLabel(labels, wanted),
} as const;

/**
 * @param now the same moment for all that are asked for
 * @returns which may go
 * @throws UsageError
 */
export function pruneFilter(
  filters: readonly string[] | undefined,
  now: Date = new Date(),
): (item: Prunable) => boolean {
  const moments = (filters ?? []).filter((each) => each.startsWith('until=')).map((each) => each.slice(6));
  if (moments.length > 1)
    throw new UsageError('--filter until=TIME can be given once', 'Leave one of them out.');
  const until = moments[0] === undefined ? undefined : momentBefore(now, moments[0]);
  return parseFilters<Prunable>(filters, {
    until: ({ createdAt }) => until !== undefined && createdAt !== undefined && createdAt < until,
    ...labelFilters,
  });
}

/** What a part of a duration means, as Go has them: 1h30m. */
const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

function momentBefore(now: Date, text: string): Date {
  const part = /(\d+(?:\.\d+)?)(ms|s|m|h|d)/g;
  if (/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(text)) {
    const parts = [...text.matchAll(part)];
    const ms = parts.reduce(
      (sum, [, digits, unit]) => sum + Number(digits) * units[unit as keyof typeof units],
      0,
    );
    return new Date(now.getTime() - ms);
  }
  const moment = parseMoment('filter until', text);
  if (moment instanceof Date) return moment;
  throw new UsageError(
    `--filter until takes a time, not ${JSON.stringify(text)}`,
    'Write 10m without a blank.',
  );
}
