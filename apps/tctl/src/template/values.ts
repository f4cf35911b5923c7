/** What templates are about: plain data. An object has fields that are known; a Map has keys that anybody chose. */
export interface Struct {
  readonly [field: string]: Value;
}

/** `{{.Label "key"}}` */
export type Method = (argument: string) => Value;

export type Value =
  | string
  | number
  | boolean
  | undefined
  | null
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | Method
  | Struct;

export function isStruct(value: Value): value is Struct {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Map);
}

/** As Go prints them. Control characters do nothing to a terminal, but for the end of a line and a tab. */
export function textOf(value: Value): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value === 'string') return harmless(value);
  if (Array.isArray(value)) return `[${value.map(textOf).join(' ')}]`;
  if (value instanceof Map) {
    const entries = [...value].toSorted(([a], [b]) => (a < b ? -1 : 1));
    return `map[${entries.map(([key, each]) => `${harmless(key)}:${textOf(each)}`).join(' ')}]`;
  }
  if (typeof value === 'function') return '<method>';
  if (isStruct(value)) return `{${Object.values(value).map(textOf).join(' ')}}`;
  return String(value);
}

function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, (character) =>
    JSON.stringify(character).length > 3
      ? JSON.stringify(character).slice(1, -1)
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** As Go: nothing, 0, false and what is empty are not. */
export function isTrue(value: Value): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Map) return value.size > 0;
  return Boolean(value);
}

/** For JSON. */
export function plain(value: Value): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, each]) => [key, plain(each)]));
  if (!isStruct(value)) return typeof value === 'function' ? null : (value ?? null);
  const data = Object.entries(value).filter(([, each]) => typeof each !== 'function');
  return Object.fromEntries(data.map(([key, each]) => [key, plain(each)]));
}
