/** `--format` of a command that lists something. */
import { textTable } from '../cli/text-table.ts';
import { compileTemplate } from './evaluate.ts';
import type { Struct } from './values.ts';

/** What a list may be printed as. */
export interface Rows {
  readonly rows: readonly Struct[];
  /** Docker's heading of each field, for `table`. */
  readonly headings: Readonly<Record<string, string>>;
}

/** Whether it is the table that is printed anyway. */
export const isPlainTable = (format: string | undefined): boolean =>
  format === undefined || format.trim() === 'table';

/** @throws UsageError for a template that makes no sense */
export function checkFormat(format: string | undefined): void {
  if (!isPlainTable(format)) compileTemplate(templateOf(format ?? ''));
}

/** @throws UsageError */
export function formattedRows(format: string, { rows, headings }: Rows): string {
  const fill = compileTemplate(templateOf(format));
  if (!isTable(format)) return rows.map((row) => `${fill(row)}\n`).join('');
  const cells = (text: string) => text.split('\t');
  return textTable(
    cells(fill(headings)),
    rows.map((row) => cells(fill(row))),
  );
}

const isTable = (format: string) => /^table\s/.test(format);

/** Shells leave \t and \n as they are: as in Docker, they are a tab and the end of a line. */
export function templateOf(format: string): string {
  if (format.trim() === 'json') return '{{json .}}';
  return format
    .replace(/^table\s+/, '')
    .replaceAll(/\\([tn])(?=[^}]*(?:\{\{|$))/g, (_, letter) => (letter === 't' ? '\t' : '\n'));
}
