import { TcError } from '@tc/core';
import { writeError } from './output.ts';
import { UsageError } from './usage-error.ts';

/** What went wrong and what to do about it, on stderr. A stack trace only for a bug of ours. */
export function printError(error: unknown): void {
  const lines: string[] = [];
  if (error instanceof UsageError || error instanceof TcError) {
    lines.push(error.message);
    if (error.hint !== undefined) lines.push(`hint: ${error.hint}`);
  } else {
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    lines.push(`a bug in tctl: ${bug}`);
  }
  writeError(`tctl: ${lines.join('\n  ')}\n`);
}
