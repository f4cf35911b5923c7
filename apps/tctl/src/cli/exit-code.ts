import { constants as os } from 'node:os';

/** Docker's exit codes. */
export const exitCodes = {
  failed: 1,
  ownError: 125,
  notExecutable: 126,
  notFound: 127,
  signalBase: 128,
} as const;

/** The exit code of what ran, or 128 and the number of the signal that ended it. */
export function exitCodeOf(ending: {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
}): number {
  if (ending.exitCode !== undefined) return ending.exitCode;
  return ending.signal === undefined ? exitCodes.signalBase : signalCode(ending.signal);
}

export function signalCode(signal: NodeJS.Signals): number {
  return exitCodes.signalBase + (os.signals[signal] ?? 0);
}

/** Of a command that was to be run. */
export function exitCodeOfError(error: unknown): number {
  const { code } = (error ?? {}) as { code?: unknown };
  if (code === 'COMMAND_NOT_FOUND') return exitCodes.notFound;
  if (code === 'COMMAND_NOT_EXECUTABLE') return exitCodes.notExecutable;
  return exitCodes.ownError;
}
