import { parseDuration } from '../../cli/durations.ts';
import { nearest } from '../../cli/nearest.ts';
import { UsageError } from '../../cli/usage-error.ts';
import { refusalOf } from '../form/refusal.ts';
import type { GraphStyle } from '../graph/sparkline.ts';
import { remapKeys } from '../keys/remap.ts';
import { type ColumnId, columnIds } from '../model/columns.ts';
import { type Sort, sortBy } from '../model/sort.ts';
import { themeNames } from '../theme/palettes.ts';
import type { SettingName, Settings } from './settings.ts';

export const graphStyles: readonly GraphStyle[] = ['braille', 'blocks', 'ascii'];

/** Refuses a value: what follows the name of the setting in the message. */
class Refused extends Error {}

function refuse(problem: string): never {
  throw new Refused(problem);
}

const readers: { readonly [N in SettingName]: (value: unknown) => Settings[N] } = {
  theme: (value) => oneOf(value, 'theme', themeNames),
  graphs: (value) => oneOf(value, 'kind of graph', graphStyles),
  unicode: truth,
  mouse: truth,
  interval,
  columns,
  sort,
  readOnly: truth,
  keys,
};

export const settingNames = Object.keys(readers) as readonly SettingName[];

/**
 * The configuration file, strictly: what is not understood is refused, not passed over.
 * @param file for messages
 * @throws UsageError with all that is wrong
 */
export function parseSettings(text: string, file: string): Settings {
  const settings: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(toObject(text, file))) {
    try {
      const read = Object.hasOwn(readers, name)
        ? readers[name as SettingName]
        : refuse(unknownName(name, settingNames));
      settings[name] = read(value);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      problems.push(`${file}: ${name}: ${error.message}`);
    }
  }
  if (problems.length > 0)
    throw new UsageError(
      problems.join('\n  '),
      'docs/dashboard.md explains it; tctl --print-config shows how one looks.',
    );
  return settings;
}

function toObject(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(
      `${file}: not JSON: ${(error as Error).message}`,
      'Texts and names have double quotes, and nothing has a comma after the last.',
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return value as Record<string, unknown>;
  throw new UsageError(`${file}: not a JSON object`, 'It looks like { "theme": "light" }.');
}

function unknownName(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === undefined
    ? `there is no such setting; there are ${known.join(', ')}`
    : `there is no such setting; ${near}?`;
}

function oneOf<T extends string>(value: unknown, what: string, known: readonly T[]): T {
  const found = known.find((each) => each === value);
  if (found !== undefined) return found;
  const near = typeof value === 'string' ? nearest(value, known) : undefined;
  return refuse(
    `there is no ${what} ${JSON.stringify(value)}; ${near === undefined ? `there are ${known.join(', ')}` : `${near}?`}`,
  );
}

function truth(value: unknown): boolean {
  return typeof value === 'boolean' ? value : refuse(`true or false, not ${JSON.stringify(value)}`);
}

function interval(value: unknown): string {
  if (typeof value !== 'string') return refuse(`a time like "1s" or "500ms", not ${JSON.stringify(value)}`);
  try {
    parseDuration('interval', value);
  } catch (error) {
    return refuse(refusalOf(error).hint ?? 'not a time');
  }
  return value;
}

function columns(value: unknown): readonly ColumnId[] {
  if (!Array.isArray(value)) return refuse(`a list of columns, not ${JSON.stringify(value)}`);
  const chosen = value.map((each) => oneOf(each, 'column', columnIds));
  if (!chosen.includes('name')) return refuse('name has to be among them');
  // In their fixed order, as the dialog has them.
  return columnIds.filter((id) => chosen.includes(id));
}

/** `cpu`, or `cpu:ascending` where that is not its usual way. */
function sort(value: unknown): Sort {
  if (typeof value !== 'string')
    return refuse(`a column like "cpu" or "cpu:ascending", not ${JSON.stringify(value)}`);
  const [name = '', direction, ...rest] = value.split(':');
  const column = oneOf(name, 'column', columnIds);
  if (rest.length > 0 || (direction !== undefined && direction !== 'ascending' && direction !== 'descending'))
    return refuse(`after the column comes :ascending or :descending, not ${JSON.stringify(value)}`);
  return direction === undefined ? sortBy(column) : { column, descending: direction === 'descending' };
}

function keys(value: unknown): NonNullable<Settings['keys']> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(`commands and their keys, like { "kill": ["ctrl+k"] }, not ${JSON.stringify(value)}`);
  const { problems } = remapKeys(value as Record<string, unknown>);
  if (problems.length > 0) return refuse(problems.join('; '));
  return value as NonNullable<Settings['keys']>;
}

/** As it is read again. */
export function toJson({ sort: order, ...settings }: Settings): Record<string, unknown> {
  return { ...settings, ...(order === undefined ? {} : { sort: sortText(order) }) };
}

function sortText({ column, descending }: Sort): string {
  if (sortBy(column).descending === descending) return column;
  return `${column}:${descending ? 'descending' : 'ascending'}`;
}
