import { widthOf } from '../../cli/width.ts';

const drawn: Readonly<Record<string, string>> = {
  '·': '.',
  '…': '~',
  '↑': '^',
  '↓': 'v',
  '←': '<',
  '→': '>',
  '−': '-',
  '─': '-',
  '│': '|',
  '└': '`',
  '├': '|',
  '┄': '-',
};

/** For terminals without Unicode: what we draw has a stand-in, and names of others get question marks, as wide. */
export function toAscii(line: string): string {
  return line.replace(/[^\p{ASCII}]/gu, (character) => drawn[character] ?? '?'.repeat(widthOf(character)));
}
