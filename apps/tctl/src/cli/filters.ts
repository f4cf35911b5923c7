import { nearest } from './nearest.ts';
import { UsageError } from './usage-error.ts';

/** Whether something has a value, by key. */
export type FilterTests<T> = Readonly<Record<string, (item: T, value: string) => boolean>>;

/** What the values of a key may be: words, or what an expression matches, with words for that. */
export type FilterValues = Readonly<Record<string, readonly string[] | { like: RegExp; hint: string }>>;

/**
 * `--filter KEY=VALUE`, several times: values of one key are alternatives, but those of labels; keys all have to hold.
 * @param allowed any value, unless given
 * @throws UsageError
 */
export function parseFilters<T>(
  filters: readonly string[] | undefined,
  tests: FilterTests<T>,
  allowed: FilterValues = {},
): (item: T) => boolean {
  const wanted = new Map<string, string[]>();
  for (const filter of filters ?? []) {
    const equals = filter.indexOf('=');
    const key = filter.slice(0, Math.max(equals, 0));
    if (equals < 1)
      throw new UsageError(`--filter takes KEY=VALUE, not ${JSON.stringify(filter)}`, keys(tests, filter));
    if (!Object.hasOwn(tests, key)) {
      throw new UsageError(`--filter knows no ${JSON.stringify(key)}`, keys(tests, key));
    }
    const value = filter.slice(equals + 1);
    check(key, value, allowed[key]);
    wanted.set(key, [...(wanted.get(key) ?? []), value]);
  }
  return (item) =>
    [...wanted].every(([key, values]) => {
      const holds = (value: string) => tests[key]?.(item, value) ?? false;
      return ofAll.has(key) ? values.every(holds) : values.some(holds);
    });
}

/** As Docker has it: something has one name, and any number of labels. */
const ofAll: ReadonlySet<string> = new Set(['label', 'label!']);

function keys(tests: object, word: string): string {
  const near = nearest(word, Object.keys(tests));
  return near === undefined
    ? `The keys are ${Object.keys(tests).join(', ')}.`
    : `Did you mean ${near}=VALUE?`;
}

function check(key: string, value: string, allowed: FilterValues[string] | undefined): void {
  if (allowed === undefined) return;
  const isRight = 'like' in allowed ? allowed.like.test(value) : allowed.includes(value);
  const hint = 'like' in allowed ? allowed.hint : `There are ${allowed.join(', ')}.`;
  if (!isRight) throw new UsageError(`--filter ${key} can’t be ${JSON.stringify(value)}`, hint);
}
