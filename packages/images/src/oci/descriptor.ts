import { shown, TcError } from '@tc/linux';
import { isDigest } from '../names/reference.ts';
import type { Platform } from './platform.ts';

/** What points to a blob: https://github.com/opencontainers/image-spec/blob/main/descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: Platform | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

type Json = Readonly<Record<string, unknown>>;

/** Text of others as an object. @throws TcError IMAGE_INVALID */
export function parseObject(text: string, what: string): Json {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidImage(what, 'it is no JSON', cause);
  }
  if (!isObject(value)) throw invalidImage(what, 'it is no JSON object');
  return value;
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** @throws TcError IMAGE_INVALID */
export function parseDescriptor(value: unknown, what: string): Descriptor {
  if (!isObject(value)) throw invalidImage(what, 'a descriptor is no object');
  const { mediaType, digest, size, platform, annotations } = value;
  if (typeof mediaType !== 'string') throw invalidImage(what, 'a descriptor has no mediaType');
  if (typeof digest !== 'string' || !isDigest(digest)) {
    throw invalidImage(what, 'a digest in it is not sha256: and 64 digits');
  }
  if (typeof size !== 'number' || !Number.isSafeInteger(size) || size < 0)
    throw invalidImage(what, `the size of ${digest} is not one`);
  return {
    mediaType,
    digest,
    size,
    ...(isObject(platform) && { platform: parseManifestPlatform(platform) }),
    ...(isObject(annotations) && { annotations: stringsOf(annotations) }),
  };
}

function parseManifestPlatform({ os, architecture, variant }: Json): Platform {
  return {
    os: textOf(os) ?? '',
    architecture: textOf(architecture) ?? '',
    variant: textOf(variant),
  };
}

/** Others' text, where it is some: `String()` of an object throws where that has a `toString` of its own. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** What of an object is text. */
export function stringsOf(value: unknown): Record<string, string> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

export function invalidImage(what: string, problem: string, cause?: unknown): TcError {
  return new TcError(shown(problem), {
    code: 'IMAGE_INVALID',
    operation: shown(`read ${what}`),
    hint: 'Whoever made the image has to make it anew.',
    cause,
  });
}
