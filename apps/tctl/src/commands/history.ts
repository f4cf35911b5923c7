import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { quantities } from '../cli/quantities.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { shortened } from '../cli/width.ts';
import { history } from '../table/images.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { shortDigest } from './image-row.ts';
import { imageStore } from './image-users.ts';

const headings = {
  CreatedSince: 'CREATED',
  CreatedBy: 'BY',
  Size: 'SIZE',
  Comment: 'COMMENT',
  ID: 'IMAGE',
  CreatedAt: 'CREATED AT',
} as const;

const columns = ['CreatedSince', 'CreatedBy', 'Size', 'Comment'] as const;

export const historyCommand = command(history, async (values, [image = '']) => {
  const {
    json = false,
    quiet = false,
    format,
    'no-trunc': whole = false,
    'no-human': exact = false,
  } = values;
  checkFormat(format);
  const store = imageStore();
  const steps = await store.history(image);
  if (json) {
    writeOut(jsonText(steps));
    return 0;
  }
  // Only the newest step is an image that has a name.
  const id = shortDigest((await store.get(image)).id, whole);
  const show = quantities(exact);
  const rows = steps.map(({ createdAt, createdBy = '', comment = '', bytes }, at) => ({
    ID: at === 0 ? id : '<missing>',
    CreatedSince: show.ago(createdAt),
    CreatedAt: createdAt?.toISOString() ?? '',
    CreatedBy: printable(whole ? createdBy : shortened(createdBy, 50)),
    Size: show.transfer(bytes),
    Comment: printable(whole ? comment : shortened(comment, 40)),
  }));
  if (quiet) writeOut(rows.map(({ ID }) => `${ID}\n`).join(''));
  else if (format !== undefined && !isPlainTable(format)) writeOut(formattedRows(format, { rows, headings }));
  else
    writeOut(
      textTable(
        columns.map((column) => headings[column]),
        rows.map((row) => columns.map((column) => row[column])),
        { columns: whole ? undefined : outputWidth(), flexible: [1, 3] },
      ),
    );
  return 0;
});
