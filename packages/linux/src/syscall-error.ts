import { getSystemErrorMap } from 'node:util';
import type { ErrnoCode, ErrorCode } from './error-codes/index.ts';
import { TcError } from './errors.ts';

// libuv's table holds the running system's numbers, negated: one source for names and texts.
const systemErrors = getSystemErrorMap();

/** `errnoName(2)` is `'ENOENT'`; a number that the system does not name comes back as `'E#999'`. */
export function errnoName(errno: number): ErrnoCode {
  // Every name in that table begins so.
  return (systemErrors.get(-errno)?.[0] as ErrnoCode | undefined) ?? `E#${errno}`;
}

/** `errnoText(2)` is `'no such file or directory'`. */
export function errnoText(errno: number): string {
  return systemErrors.get(-errno)?.[1] ?? 'unknown error';
}

export interface SyscallFailure {
  /** The system call: `mount`. */
  call: string;
  /** Positive, as in errno(3). */
  errno: number;
  /** Arguments as passed, for the message's reader. */
  args?: readonly unknown[];
  operation?: string;
  path?: string | undefined;
  hint?: string | undefined;
  /** Overrides `code`, which otherwise is the errno name. */
  code?: ErrorCode | ErrnoCode;
}

/** A system call that failed. `code` is the errno name (`EPERM`) unless a more telling one was given. */
export class SyscallError extends TcError {
  override readonly name = 'SyscallError';
  readonly errno: number;
  readonly errnoName: string;
  readonly call: string;
  readonly args: readonly unknown[];

  constructor(failure: SyscallFailure) {
    const name = errnoName(failure.errno);
    super(`${name}: ${errnoText(failure.errno)}`, {
      code: failure.code ?? name,
      operation: failure.operation ?? `${failure.call}(${(failure.args ?? []).map(String).join(', ')})`,
      path: failure.path,
      hint: failure.hint,
    });
    this.errno = failure.errno;
    this.errnoName = name;
    this.call = failure.call;
    this.args = failure.args ?? [];
  }
}
