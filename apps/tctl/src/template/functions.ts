/** The functions of Go's templates and of Docker's that users of --format know. */
import { compactJson } from '../cli/json-text.ts';
import { formatText } from './printf.ts';
import { TemplateError } from './template-error.ts';
import { isTrue, plain, textOf, type Value } from './values.ts';

type Function = (...given: readonly Value[]) => Value;

export const functions: Readonly<Record<string, Function>> = {
  json: (value) => compactJson(plain(value)),
  join: (list, separator = '') => listOf('join', list).map(textOf).join(textOf(separator)),
  split: (text, separator) => textOf(text).split(textOf(separator)),
  lower: (text) => textOf(text).toLowerCase(),
  upper: (text) => textOf(text).toUpperCase(),
  title: (text) => textOf(text).replaceAll(/(?<![\p{L}\p{N}])\p{L}/gu, (first) => first.toUpperCase()),
  pad: (text, before = 0, after = 0) =>
    `${' '.repeat(count('pad', before))}${textOf(text)}${' '.repeat(count('pad', after))}`,
  truncate: (text, length) => [...textOf(text)].slice(0, count('truncate', length)).join(''),
  print: (...values) => values.map(textOf).join(''),
  println: (...values) => `${values.map(textOf).join(' ')}\n`,
  printf: (format, ...values) => formatText(textOf(format), values),
  len: (value) => {
    if (typeof value === 'string') return Buffer.byteLength(value);
    if (value instanceof Map) return value.size;
    return listOf('len', value).length;
  },
  index: (value, ...keys) => keys.reduce(at, value),
  slice: (value, from = 0, to) => {
    const [begin, end] = [count('slice', from), to === undefined ? undefined : count('slice', to)];
    return typeof value === 'string' ? value.slice(begin, end) : listOf('slice', value).slice(begin, end);
  },
  eq: (value, ...others) => others.some((other) => isSame(value, other)),
  ne: (a, b) => !isSame(a, b),
  lt: (a, b) => compare(a, b) < 0,
  le: (a, b) => compare(a, b) <= 0,
  gt: (a, b) => compare(a, b) > 0,
  ge: (a, b) => compare(a, b) >= 0,
  and: (...values) => values.find((value) => !isTrue(value)) ?? values.at(-1),
  or: (...values) => values.find(isTrue) ?? values.at(-1),
  not: (value) => !isTrue(value),
};

function listOf(name: string, value: Value): readonly Value[] {
  if (value === undefined || value === null) return [];
  if (Array.isArray(value)) return value;
  throw new TemplateError(`${name} takes a list, not ${JSON.stringify(textOf(value)).slice(0, 40)}`);
}

/** Wider ones fill no terminal. */
const most = 10_000;

function count(name: string, value: Value): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  throw new TemplateError(`${name} takes a number, not ${JSON.stringify(textOf(value)).slice(0, 40)}`);
}

function at(value: Value | undefined, key: Value): Value {
  if (value instanceof Map) return value.get(textOf(key));
  if (Array.isArray(value) && typeof key === 'number') {
    if (Number.isInteger(key) && key >= 0 && key < value.length) return value[key];
    throw new TemplateError(`index: there is no number ${key} of ${value.length}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const name = textOf(key);
    return Object.hasOwn(value, name) ? (value as Readonly<Record<string, Value>>)[name] : undefined;
  }
  throw new TemplateError(`index takes a list or a map, not ${JSON.stringify(textOf(value)).slice(0, 40)}`);
}

function isSame(a: Value, b: Value): boolean {
  return a === b || ((a ?? undefined) === undefined && (b ?? undefined) === undefined);
}

function compare(a: Value, b: Value): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0;
  throw new TemplateError('numbers are compared with numbers, and texts with texts');
}
