import { Container } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { jsonText } from '../cli/json-text.ts';
import { oneOf } from '../cli/numbers.ts';
import { writeOut } from '../cli/output.ts';
import { inspect } from '../table/looking.ts';
import { checkFormat, formattedRows } from '../template/print-rows.ts';
import type { Struct } from '../template/values.ts';
import { containerDetails } from './container-details.ts';
import { volumeOf } from './volume.ts';
import { volumeDetails } from './volume-row.ts';

/** What was found: as JSON, and for a template. */
interface Found {
  readonly data: unknown;
  readonly details: () => Struct;
}

export const inspectCommand = command(inspect, async ({ format, type }, names) => {
  checkFormat(format);
  const kinds = type === undefined ? allKinds : [oneOf('type', type, allKinds)];
  await cleanUp();
  const found: Found[] = [];
  const code = await forEach(names, async (name) => {
    found.push(await find(name, kinds));
    return undefined;
  });
  if (format === undefined) writeOut(jsonText(found.map(({ data }) => data)));
  else writeOut(formattedRows(format, { rows: found.map(({ details }) => details()), headings: {} }));
  return code;
});

const allKinds = ['container', 'image', 'volume'] as const;
type Kind = (typeof allKinds)[number];

/** The first kind that has one of that name. @throws TcError CONTAINER_NOT_FOUND, or of the only kind */
async function find(name: string, kinds: readonly Kind[]): Promise<Found> {
  let problem: unknown;
  for (const kind of kinds) {
    try {
      return await finders[kind](name);
    } catch (error) {
      problem ??= error;
      if (!/_NOT_FOUND$|^INVALID_/.test(String((error as { code?: unknown }).code))) throw error;
    }
  }
  throw problem;
}

const finders: Readonly<Record<Kind, (name: string) => Promise<Found>>> = {
  async container(name) {
    const info = await (await Container.get(name)).inspect();
    return { data: info, details: () => containerDetails(info) };
  },
  /** Of the bundle of images, which is loaded when there is no container of that name. */
  image: async (name) => (await import('./images.ts')).inspectImage(name),
  async volume(name) {
    const volume = await volumeOf(name);
    return { data: volume, details: () => volumeDetails(volume) };
  },
};
