import { constants as os } from 'node:os';
import { type RunResult, TcError } from '@tc/core';

/** Docker's exit codes. */
export const exitCodes = { ownError: 125, notExecutable: 126, notFound: 127, signalBase: 128 } as const;

/** The container's exit code, or 128 and the number of the signal that ended it. */
export function exitCodeOf(result: RunResult<unknown>): number {
  if (result.exitCode !== undefined) return result.exitCode;
  const signal = result.signal === undefined ? undefined : os.signals[result.signal];
  return exitCodes.signalBase + (signal ?? 0);
}

export function exitCodeOfError(error: unknown): number {
  if (!(error instanceof TcError)) return exitCodes.ownError;
  if (error.code === 'COMMAND_NOT_FOUND') return exitCodes.notFound;
  if (error.code === 'COMMAND_NOT_EXECUTABLE') return exitCodes.notExecutable;
  return exitCodes.ownError;
}
