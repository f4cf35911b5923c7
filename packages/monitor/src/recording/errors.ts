import { TcError } from '@tc/linux';

export type RecordingErrorCode =
  | 'RECORDING_NOT_FOUND'
  | 'RECORDING_UNREADABLE'
  | 'RECORDING_NOT_ONE'
  | 'RECORDING_VERSION'
  | 'RECORDING_EMPTY'
  | 'RECORDING_DAMAGED'
  | 'RECORDING_IN_USE'
  | 'RECORDING_WRITE'
  | 'RECORDING_CLOSED';

export function recordingError(
  problem: string,
  code: RecordingErrorCode,
  details: {
    readonly path?: string;
    readonly hint?: string;
    readonly cause?: unknown;
    readonly operation?: string;
  } = {},
): TcError {
  const { operation = 'read a recording', ...rest } = details;
  return new TcError(problem, { code, operation, ...rest });
}

export function damaged(problem: string): TcError {
  return recordingError(`a record is damaged: ${problem}`, 'RECORDING_DAMAGED', {
    hint: 'What comes before and after it can be read all the same.',
  });
}
