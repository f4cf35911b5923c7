import { type ContainerInfo, listContainers } from '@tc/core/state';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { textTable } from '../cli/text-table.ts';
import { UsageError } from '../cli/usage-error.ts';
import { ps } from '../table/looking.ts';
import { checkFormat, formattedRows, isPlainTable } from '../template/print-rows.ts';
import { type ContainerSize, containerHeadings, containerRow } from './container-row.ts';
import { containerFilter } from './ps-filters.ts';

/** The smallest bundle that knows them. */
export { containerNames } from './container-names.ts';

export const psCommand = command(ps, async (values) => {
  const { quiet = false, filter, format, json = false } = values;
  const { 'no-trunc': whole = false, 'no-human': exact = false } = values;
  const last = values.latest ? 1 : numberOf(values.last);
  checkFormat(format);
  let containers: readonly ContainerInfo[] = [];
  const matches = containerFilter(filter, () => containers);
  containers = await currentContainers();
  const byStatus = (filter ?? []).some((each) => /^(status|exited)=/.test(each));
  const isShown = values.all || byStatus || last !== undefined ? () => true : isUp;
  const shown = containers
    .toReversed()
    .filter((info) => isShown(info) && matches(info))
    .slice(0, last);
  const sizes = values.size || usesSize(format) ? await sizesOf(shown) : undefined;
  if (json)
    writeOut(jsonText(sizes === undefined ? shown : shown.map((info, at) => ({ ...info, ...sizes[at] }))));
  else if (quiet) writeOut(shown.map(({ id }) => `${id}\n`).join(''));
  else {
    const rows = shown.map((info, at) => containerRow(info, { whole, exact }, sizes?.[at]));
    if (format !== undefined && !isPlainTable(format))
      writeOut(formattedRows(format, { rows, headings: containerHeadings }));
    else writeOut(tableOf(rows, sizes === undefined ? columns : [...columns, 'Size'], whole));
  }
  return 0;
});

/** After the clean-up that every command begins with; but what that takes is loaded only where there is something. */
async function currentContainers(): Promise<ContainerInfo[]> {
  const { containers, leftovers } = await listContainers();
  if (!leftovers()) return containers;
  const { cleanUp } = await import('./left-behind.ts');
  await cleanUp();
  return (await listContainers()).containers;
}

const isUp = ({ state }: ContainerInfo) => state === 'running' || state === 'paused';

/** As in Docker, a template that has sizes needs no --size. */
const usesSize = (format: string | undefined) => /\.Size\b/.test(format ?? '');

/** What looks at disks is of another bundle. */
async function sizesOf(containers: readonly ContainerInfo[]): Promise<readonly ContainerSize[]> {
  return (await import('./images.ts')).containerSizes(containers);
}

type Row = ReturnType<typeof containerRow>;
type Column = Exclude<keyof Row, 'Label'>;

const columns = ['ID', 'Image', 'Command', 'RunningFor', 'Status', 'Names'] as const satisfies Column[];

function tableOf(rows: readonly Row[], columns: readonly Column[], whole: boolean): string {
  return textTable(
    columns.map((column) => containerHeadings[column]),
    rows.map((row) => columns.map((column) => row[column])),
    { columns: whole ? undefined : outputWidth(), flexible: [1, 2, 5] },
  );
}

/** @throws UsageError */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '-1') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--last takes a number, not ${JSON.stringify(text)}`);
}
