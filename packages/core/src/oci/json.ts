/** A value from a JSON file, read strictly: whatever is wrong is an error that names the field. */
import { readFileSync } from 'node:fs';
import { type ErrorCode, TcError } from '@tc/linux';

export type Json = Readonly<Record<string, unknown>>;
type Read<T> = (value: unknown, at: string) => T;

export function refuse(at: string, problem: string, code: ErrorCode = 'INVALID_BUNDLE'): never {
  const hint = 'See the OCI runtime specification: config.md, config-linux.md.';
  throw new TcError(`${at} ${problem}`, { code, operation: 'read the configuration', hint });
}

/** For what the specification knows and this runtime doesn't do. */
export function unsupported(at: string, why = 'is not supported'): never {
  const code = 'UNSUPPORTED_FIELD';
  return refuse(at, why, code);
}

/** @param file a path, or 0 for stdin @throws TcError of that code, where it can't be read or is no JSON */
export function readJsonFile(
  file: string | 0,
  failure: { readonly code: ErrorCode; readonly operation: string; readonly hint: string },
): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    const path = file === 0 ? 'stdin' : file;
    throw new TcError((cause as Error).message, { ...failure, path, cause });
  }
}

export function object(value: unknown, at: string): Json {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Json;
  return refuse(at, 'is not an object');
}

export function text(value: unknown, at: string): string {
  if (typeof value !== 'string') return refuse(at, 'is not a text');
  return value.includes('\0') ? refuse(at, 'contains a NUL character') : value;
}

export function absolute(value: unknown, at: string): string {
  const path = text(value, at);
  return path.startsWith('/') ? path : refuse(at, `is not an absolute path: ${JSON.stringify(path)}`);
}

export function flag(value: unknown, at: string): boolean {
  return typeof value === 'boolean' ? value : refuse(at, 'is neither true nor false');
}

export function whole(least: number, most = Number.MAX_SAFE_INTEGER): Read<number> {
  return (value, at) => {
    if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
    return refuse(at, `is not a whole number from ${least} to ${most}: ${JSON.stringify(value)}`);
  };
}

/** Beyond 2^53 JSON.parse rounds; what is meant there is no limit. */
export function amount(value: unknown, at: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= -1) return value;
  return refuse(at, 'is not a whole number');
}

/** Of users and groups: greater ones wrap in some call or other (CVE-2024-40635). */
export const id = whole(0, 0x7fffffff);

/** Go writes an empty text for what is left out. */
export const nonEmpty = (value: string | undefined) => (value === '' ? undefined : value);

export function oneOf<T extends string>(...known: readonly T[]): Read<T> {
  return (value, at) =>
    known.find((each) => each === value) ??
    refuse(at, `is not one of ${known.join(', ')}: ${JSON.stringify(value)}`);
}

export function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) return refuse(at, 'is not a list');
    return value.map((each, index) => read(each, `${at}[${index}]`));
  };
}

export function mapOf<T>(read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (value, at) =>
    Object.fromEntries(
      Object.entries(object(value, at)).map(([key, each]) => [
        key,
        read(each, `${at}[${JSON.stringify(key)}]`),
      ]),
    );
}

/** The fields of an object. null is as good as absent: Go writes it for what is empty. */
export class Fields {
  readonly #json: Json;
  readonly #at: string;

  constructor(value: unknown, at: string) {
    this.#json = object(value, at || 'the configuration');
    this.#at = at;
  }

  at(key: string): string {
    return this.#at === '' ? key : `${this.#at}.${key}`;
  }

  has(key: string): boolean {
    return this.#json[key] !== undefined && this.#json[key] !== null;
  }

  optional<T>(key: string, read: Read<T>): T | undefined {
    return this.has(key) ? read(this.#json[key], this.at(key)) : undefined;
  }

  required<T>(key: string, read: Read<T>): T {
    return this.has(key) ? read(this.#json[key], this.at(key)) : refuse(this.at(key), 'is missing');
  }

  fields(key: string): Fields | undefined {
    return this.has(key) ? new Fields(this.#json[key], this.at(key)) : undefined;
  }

  raw(key: string): unknown {
    return this.#json[key] ?? undefined;
  }

  /** Refuses what is there and says something: an empty text, list or object asks for nothing. */
  refuse(...keys: readonly string[]): void {
    for (const key of keys) if (!isEmpty(this.#json[key])) unsupported(this.at(key));
  }
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === false) return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
