/** The tables of codes in docs/troubleshooting.md, from the code: node --conditions=tc-source tools/troubleshooting.ts */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { errorSections } from '../packages/linux/src/error-codes/index.ts';

export const page = fileURLToPath(new URL('../docs/troubleshooting.md', import.meta.url));
const [begin, end] = ['<!-- codes: made by tools/troubleshooting.ts -->', '<!-- end of codes -->'];

/** One line a code: grep(1) finds all that there is about it. */
export function codeTables(): string {
  return Object.entries(errorSections)
    .map(([title, codes]) => {
      const rows = Object.entries(codes).map(
        ([code, { cause, cure }]) => `| \`${code}\` | ${cell(cause)} | ${cell(cure)} |`,
      );
      return `### ${title}\n\n| code | cause | cure |\n| --- | --- | --- |\n${rows.join('\n')}\n`;
    })
    .join('\n');
}

/** A bar would end the cell. */
const cell = (text: string) => text.replaceAll('|', '\\|');

export function withCodeTables(text: string): string {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to === -1) throw new Error(`${page} has no place for the codes`);
  return `${text.slice(0, from)}${begin}\n\n${codeTables()}\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(page, withCodeTables(readFileSync(page, 'utf8')));
