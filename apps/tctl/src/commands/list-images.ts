import { familiarName, type ImageInfo } from '@tc/images';
import { command } from '../cli/command.ts';
import { parseFilters } from '../cli/filters.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { images as spec } from '../table/images.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { imageHeadings, imageRows, shortDigest } from './image-row.ts';
import { imageStore } from './image-users.ts';

export const imagesCommand = command(spec, async (values, [name]) => {
  const { all = false, quiet = false, json = false, digests = false, filter, format } = values;
  const { 'no-trunc': whole = false, 'no-human': exact = false } = values;
  checkFormat(format);
  const isMeant = parseFilters(filter, tests);
  const images = (await imageStore().list()).filter((image) => matches(image, name) && isMeant(image));
  if (json) {
    writeOut(jsonText(images));
    return 0;
  }
  const dangling = (filter ?? []).includes('dangling=true');
  const shown = images.filter(({ names }) => all || dangling || names.length > 0);
  if (quiet) {
    writeOut([...new Set(shown.map(({ id }) => `${shortDigest(id, whole)}\n`))].join(''));
    return 0;
  }
  const rows = shown.flatMap((image) => imageRows(image, { whole, exact }));
  if (format !== undefined && !isPlainTable(format)) {
    writeOut(formattedRows(format, { rows, headings: imageHeadings }));
    return 0;
  }
  const columns = [
    'Name',
    ...(digests ? ['Digest'] : []),
    'ID',
    'CreatedSince',
    'Size',
    'UniqueSize',
  ] as const;
  writeOut(
    textTable(
      columns.map((column) => imageHeadings[column as 'Name']),
      rows.map((row) => columns.map((column) => row[column as 'Name'])),
      { columns: whole ? undefined : outputWidth(), flexible: digests ? [0, 1] : [0] },
    ),
  );
  return 0;
});

const tests = {
  reference: ({ names }: ImageInfo, pattern: string) =>
    names.some((name) => isLike(familiarName(name), pattern)),
  dangling: ({ names }: ImageInfo, wanted: string) => (names.length === 0) === (wanted === 'true'),
};

/** `*` is anything, and a name without a tag is any tag of it. */
function isLike(name: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}(:[^:/]*)?$`, 's').test(name);
}

/** All tags of a repository, or one. */
function matches({ names }: ImageInfo, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return names.some((name) => {
    const familiar = familiarName(name);
    return [name, familiar].some((each) => each === wanted || each.startsWith(`${wanted}:`));
  });
}
