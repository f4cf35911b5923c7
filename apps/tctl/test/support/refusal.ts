import { TcError } from '@tc/core';
import { UsageError } from '../../src/cli/usage-error.ts';

/** What a user is told where the command line is refused. */
export function refusal(attempt: () => unknown): { message: string; hint: string | undefined } {
  try {
    attempt();
  } catch (error) {
    if (error instanceof UsageError || error instanceof TcError) {
      const { message, hint } = error;
      return { message, hint };
    }
    throw error;
  }
  throw new Error('it was not refused');
}
