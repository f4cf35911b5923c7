/** What the store itself writes about its images, names and layers: small files of JSON. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDigest } from '../names/reference.ts';
import { isObject } from '../oci/descriptor.ts';

export interface LayerOfImage {
  /** Of the blob. */
  readonly digest: string;
  /** Of the uncompressed tar. */
  readonly diffId: string;
  readonly mediaType: string;
  readonly size: number;
}

/** An image. Never changed once it is there: it is locked by those who use it. */
export interface ImageRecord {
  /** The digest of its manifest, by which it is named in the store and in registries. */
  readonly manifest: string;
  readonly mediaType: string;
  readonly manifestSize: number;
  /** The digest of its configuration, which Docker calls the image's id. */
  readonly id: string;
  readonly configSize: number;
  /** The lowest first. */
  readonly layers: readonly LayerOfImage[];
  readonly platform: string;
  readonly createdAtMs: number | undefined;
  readonly addedAtMs: number;
}

export interface NameRecord {
  readonly name: string;
  readonly manifest: string;
}

/** What unpacking a layer came to. */
export interface LayerRecord {
  readonly diffId: string;
  readonly entries: number;
  /** The content of its files. */
  readonly bytes: number;
  /** False: an ordinary user unpacked it, and all of it belongs to that user. */
  readonly ownersKept: boolean;
  readonly skippedDevices: number;
  readonly droppedXattrs: number;
  /** The layers below it are not seen at all. */
  readonly opaqueRoot: boolean;
  /** Directories that hide nothing where the container has a user namespace. */
  readonly opaqueForRootAlone: number;
}

/** @returns undefined where it is not there, or something else wrote it */
export function readImage(path: string): ImageRecord | undefined {
  const value = readObject(path);
  if (value === undefined) return undefined;
  const { manifest, id, layers, mediaType, platform } = value;
  const texts = [manifest, id, mediaType, platform].every((each) => typeof each === 'string');
  if (!texts || !isDigest(manifest) || !isDigest(id) || !Array.isArray(layers)) return undefined;
  const good = layers.every(
    (layer) => isObject(layer) && isDigest(layer['digest']) && isDigest(layer['diffId']),
  );
  return good ? (value as unknown as ImageRecord) : undefined;
}

export function readName(path: string): NameRecord | undefined {
  const value = readObject(path);
  const { name, manifest } = value ?? {};
  return typeof name === 'string' && typeof manifest === 'string' && isDigest(manifest)
    ? { name, manifest }
    : undefined;
}

export function readLayer(path: string): LayerRecord | undefined {
  const value = readObject(path);
  return isDigest(value?.['diffId']) ? (value as unknown as LayerRecord) : undefined;
}

/** The names in a directory, or none where it is not there. */
export function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export function readAll<T>(directory: string, read: (path: string) => T | undefined): T[] {
  return namesIn(directory)
    .filter((name) => name.endsWith('.json'))
    .flatMap((name) => read(join(directory, name)) ?? []);
}

function readObject(path: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
