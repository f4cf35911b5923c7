import { randomBytes } from 'node:crypto';
import {
  Container,
  createVolume,
  listVolumes,
  pruneVolumes,
  removeVolume,
  TcError,
  type Volume,
} from '@tc/core';
import { type Command, command } from '../cli/command.ts';
import { parseFilters } from '../cli/filters.ts';
import { forEach } from '../cli/for-each.ts';
import { jsonText } from '../cli/json-text.ts';
import { parseLabels } from '../cli/labels.ts';
import { writeOut } from '../cli/output.ts';
import { labelFilters } from '../cli/prune-filters.ts';
import { quantities } from '../cli/quantities.ts';
import { subcommands } from '../cli/subcommands.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import {
  volumeCreate,
  volumeGroup,
  volumeInspect,
  volumeLs,
  volumePrune,
  volumeRm,
} from '../table/volumes.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { volumesOf } from './mounted-volumes.ts';
import { volumeDetails, volumeHeadings, volumeRow } from './volume-row.ts';

const ls = command(volumeLs, async (values) => {
  const { quiet = false, json = false, filter, format, 'no-human': exact = false } = values;
  checkFormat(format);
  let mounted: ReadonlySet<string> = new Set();
  const isMeant = parseFilters<Volume>(filter, {
    name: ({ name }, part) => name.includes(part),
    dangling: ({ name }, wanted) => mounted.has(name) !== (wanted === 'true'),
    ...labelFilters,
  });
  if (filter !== undefined) mounted = await mountedVolumes();
  const volumes = (await listVolumes()).filter(isMeant);
  if (json) writeOut(jsonText(volumes));
  else if (quiet) writeOut(volumes.map(({ name }) => `${name}\n`).join(''));
  else if (format !== undefined && !isPlainTable(format))
    writeOut(formattedRows(format, { rows: volumes.map(volumeRow), headings: volumeHeadings }));
  else {
    const { ago } = quantities(exact);
    const rows = volumes.map(({ name, createdAt, path }) => [name, ago(createdAt), path]);
    writeOut(textTable(['VOLUME', 'CREATED', 'DIRECTORY'], rows, { columns: outputWidth(), flexible: [0] }));
  }
  return 0;
});

async function mountedVolumes(): Promise<ReadonlySet<string>> {
  return new Set((await Container.list()).flatMap(({ options }) => volumesOf(options?.mounts ?? [])));
}

const create = command(volumeCreate, async ({ label = [] }, names) => {
  const labels = parseLabels(label);
  return await forEach(
    names.length > 0 ? names : [unusedName()],
    async (name) => (await createVolume(name, { labels })).name,
  );
});

const rm = command(volumeRm, ({ force = false }, volumes) =>
  forEach(volumes, async (volume) => {
    try {
      await removeVolume(volume);
      return volume;
    } catch (error) {
      if (force && (error as { code?: unknown }).code === 'VOLUME_NOT_FOUND') return undefined;
      throw error;
    }
  }),
);

const prune = command(volumePrune, async ({ json = false, filter }) => {
  const removed = await pruneVolumes({ filter: parseFilters<Volume>(filter, labelFilters) });
  writeOut(json ? jsonText(removed) : removed.map((volume) => `${volume}\n`).join(''));
  return 0;
});

const inspect = command(volumeInspect, async ({ format }, names) => {
  checkFormat(format);
  const found: Volume[] = [];
  const code = await forEach(names, async (name) => {
    found.push(await volumeOf(name));
    return undefined;
  });
  if (format === undefined) writeOut(jsonText(found));
  else writeOut(formattedRows(format, { rows: found.map(volumeDetails), headings: {} }));
  return code;
});

/** @throws TcError VOLUME_NOT_FOUND */
export async function volumeOf(name: string): Promise<Volume> {
  const found = (await listVolumes()).find((each) => each.name === name);
  if (found !== undefined) return found;
  throw new TcError('there is no such volume', {
    code: 'VOLUME_NOT_FOUND',
    operation: `find the volume ${name}`,
    hint: 'tctl volume ls lists the volumes.',
  });
}

/** Docker's kind of name for one that nobody has named. */
const unusedName = () => randomBytes(32).toString('hex');

export const volumeCommand: Command = subcommands('volume', volumeGroup, {
  ls,
  list: ls,
  create,
  inspect,
  rm,
  remove: rm,
  prune,
});
