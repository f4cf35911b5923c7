/**
 * The labels of a volume: a file beside its directory, as whatever is in that belongs to containers. No volume's name
 * begins with a dot.
 */
import { rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { invalid } from '../run/invalid.ts';
import { readText, writeAtomically } from '../state/files.ts';
import { parseObject } from '../state/parse-object.ts';

export type Labels = Readonly<Record<string, string>>;

const fileOf = (volume: string): string => join(dirname(volume), `.${basename(volume)}.json`);

/** @throws TcError INVALID_OPTION */
export function checkLabels(labels: Labels): void {
  for (const [key, value] of Object.entries(labels))
    if (typeof value !== 'string') invalid(`${key} is no text`, 'label a volume', 'Labels are texts.');
}

/** @param volume its directory @returns none where there is no file, or one that is none of ours */
export function readLabels(volume: string): Labels {
  const { labels } = parseObject(readText(fileOf(volume)) ?? '') ?? {};
  if (typeof labels !== 'object' || labels === null) return {};
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => typeof value === 'string'));
}

export function writeLabels(volume: string, labels: Labels): void {
  if (Object.keys(labels).length > 0) writeAtomically(fileOf(volume), JSON.stringify({ schema: 1, labels }));
}

export function removeLabels(volume: string): void {
  rmSync(fileOf(volume), { force: true });
}
