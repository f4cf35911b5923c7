import { readFileSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';

/** Docker's files of variables and labels: a KEY=VALUE or KEY a line, nothing quoted; # begins a comment. @throws UsageError */
export function linesOfFile(option: string, path: string): string[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`--${option} ${path}: ${(error as NodeJS.ErrnoException).code}`);
  }
  const lines = text.split(/\r?\n/).map((line) => line.trimStart());
  for (const line of lines) {
    if (/^=|^[^=]*\s[^=]*=/.test(line) && !line.startsWith('#'))
      throw new UsageError(`--${option} ${path}: ${JSON.stringify(line)} is no KEY=VALUE`);
  }
  return lines.filter((line) => line !== '' && !line.startsWith('#'));
}
