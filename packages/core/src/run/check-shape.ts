/** Options as JavaScript may give them: of any type, under any name. What they mean is checked where they are used. */
import { invalid } from './invalid.ts';

/** What one value may be, and how an error says that. */
export interface Kind {
  readonly what: string;
  /** @returns where it is wrong, in words; undefined where it is right */
  wrong(value: unknown, at: string): string | undefined;
}

const kind = (what: string, is: (value: unknown) => boolean): Kind => ({
  what,
  wrong: (value, at) => (is(value) ? undefined : `${at} is not ${what}`),
});

export const text = kind('a text', (value) => typeof value === 'string');
export const number = kind('a number', (value) => typeof value === 'number');
export const toggle = kind('true or false', (value) => typeof value === 'boolean');
export const anything = kind('anything', () => true);

export const word = (...words: readonly string[]): Kind =>
  kind(`one of ${words.join(', ')}`, (value) => words.includes(value as string));

export const either = (...kinds: readonly Kind[]): Kind => {
  const what = kinds.map((each) => each.what).join(' or ');
  return {
    what,
    wrong(value, at) {
      const answers = kinds.map((each) => each.wrong(value, at));
      if (answers.includes(undefined)) return undefined;
      // What is wrong in an object or a list tells more than that it is no text either.
      const inside =
        typeof value === 'object' ? answers.find((each) => !each?.startsWith(`${at} is not`)) : undefined;
      return inside ?? `${at} is not ${what}`;
    },
  };
};

export const list = (of: Kind): Kind => ({
  what: 'a list',
  wrong(value, at) {
    if (!Array.isArray(value)) return `${at} is not a list`;
    return firstWrong([...value].map((each, index) => of.wrong(each, `${at}[${index}]`)));
  },
});

/** Any names, with values of one kind; undefined is as good as absent. */
export const dictionary = (of: Kind): Kind => ({
  what: 'an object',
  wrong(value, at) {
    if (!isObject(value)) return `${at} is not an object`;
    return firstWrong(
      Object.entries(value).map(([key, each]) =>
        each === undefined ? undefined : of.wrong(each, `${at}.${key}`),
      ),
    );
  },
});

/** These names and no others: a name that nobody reads, `limit` for `limits`, would be a limit that is not set. */
export const shape = <K extends string>(
  kinds: Readonly<Record<K, Kind>>,
  required: readonly NoInfer<K>[] = [],
): Kind => ({
  what: 'an object',
  wrong(value, at) {
    if (!isObject(value)) return `${at} is not an object`;
    const absent = required.find((key) => (value as Record<K, unknown>)[key] === undefined);
    if (absent !== undefined) return `${at} lacks ${absent}`;
    return firstWrong(
      Object.entries(value).map(([key, each]) => {
        const own = Object.hasOwn(kinds, key) ? kinds[key as K] : undefined;
        if (own === undefined) return `${at} has no ${JSON.stringify(key)}`;
        return each === undefined ? undefined : own.wrong(each, `${at}.${key}`);
      }),
    );
  },
});

/** @throws TcError INVALID_OPTION */
export function checkShape(value: unknown, of: Kind, operation: string): void {
  const wrong = of.wrong(value, 'options');
  if (wrong !== undefined) invalid(wrong, operation, 'docs/core.md has all options and their types.');
}

function firstWrong(answers: readonly (string | undefined)[]): string | undefined {
  return answers.find((each) => each !== undefined);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
