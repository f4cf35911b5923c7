import { TcError } from '@tc/linux';

/** For options that make no sense. */
export function invalid(problem: string, operation: string, hint: string): never {
  throw new TcError(problem, { code: 'INVALID_OPTION', operation, hint });
}
