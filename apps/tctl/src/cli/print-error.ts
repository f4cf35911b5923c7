import { red } from './colour.ts';
import { cliHints } from './hints.ts';
import { writeError } from './output.ts';
import { printable } from './printable.ts';
import type { UsageError } from './usage-error.ts';

/** What went wrong and what to do about it, on stderr. A stack trace only for a bug of ours. @param better hint */
export function printError(error: unknown, better?: string): void {
  const lines: string[] = [];
  if (isUsageError(error) || isTcError(error)) {
    const hint = better ?? (isTcError(error) ? (cliHints[error.code] ?? error.hint) : error.hint);
    lines.push(isTcError(error) ? withCode(error) : error.message);
    if (hint !== undefined) lines.push(`hint: ${hint}`);
  } else if (isSystemError(error)) lines.push(printable(error.message));
  else {
    const bug = error instanceof Error ? (error.stack ?? error.message) : String(error);
    lines.push(`a bug in tctl: ${bug}`);
  }
  writeError(`${red('tctl:', 2)} ${lines.join('\n  ')}\n`);
}

/** What docs/troubleshooting.md is searched for; a code of the system is in the message already. */
function withCode({ message, code }: { message: string; code: string }): string {
  return message.includes(code) ? message : `${message} (${code})`;
}

// By their shapes: each bundle has classes of its own. See bundle.mjs.

function isUsageError(error: unknown): error is UsageError {
  return error instanceof Error && error.name === 'UsageError';
}

/** Of the file system, say: where a path leads to is the user's doing. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'errno' in error;
}

function isTcError(error: unknown): error is Error & { code: string; hint?: string } {
  return error instanceof Error && 'code' in error && 'operation' in error;
}
