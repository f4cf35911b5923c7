import type { ErrnoCode, ErrorCode } from './error-codes/index.ts';
import { shown } from './shown.ts';

/** What every error of this project carries besides its message. */
export interface ErrorDetails {
  /** Stable, upper-case, safe to switch on: `ROOTFS_NOT_FOUND`. docs/troubleshooting.md has all of them. */
  code: ErrorCode | ErrnoCode;
  /** What was being done, as a phrase: `read /proc/cgroups`. */
  operation: string;
  /** The file that it was about, when there is one. */
  path?: string | undefined;
  /** What to do about it, as a sentence. */
  hint?: string | undefined;
  cause?: unknown;
}

/** The base of every error that this project throws on purpose. Its message is `operation: problem`. */
export class TcError extends Error {
  override readonly name: string = 'TcError';
  readonly code: ErrorCode | ErrnoCode;
  readonly operation: string;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(problem: string, details: ErrorDetails) {
    super(
      lines(`${details.operation}: ${problem}`),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = details.code;
    this.operation = lines(details.operation);
    this.path = details.path;
    this.hint = details.hint;
  }
}

/** Whatever an error quotes (JSON leaves DEL and C1 as they are), it tells a terminal nothing. */
const lines = (text: string): string => text.split('\n').map(shown).join('\n');

/** Text from the kernel, or for it, that is not in the format it should be in. */
export class ParseError extends TcError {
  override readonly name = 'ParseError';
  /** The format that was expected: `mountinfo`, `flat-keyed`, ... */
  readonly format: string;
  /** The offending text, at most 80 characters of it. */
  readonly excerpt: string;

  constructor(format: string, problem: string, text: string) {
    const excerpt = text.length > 80 ? `${text.slice(0, 77)}...` : text;
    super(`${problem}: ${JSON.stringify(excerpt)}`, { code: 'PARSE', operation: `parse ${format}` });
    this.format = format;
    this.excerpt = excerpt;
  }
}
