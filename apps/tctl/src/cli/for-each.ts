import { exitCodes } from './exit-code.ts';
import { reportError } from './near-name.ts';
import { writeOut } from './output.ts';
import { UsageError } from './usage-error.ts';

/**
 * Does something to several at once, and prints in their order what came of it. What fails for one is no reason not
 * to do it to the others.
 * @param act returns a line to print, if any
 * @returns the exit code: 1 where one failed
 */
export async function forEach(
  names: readonly string[],
  act: (name: string) => Promise<string | undefined>,
): Promise<number> {
  const attempts = await Promise.allSettled(names.map(act));
  let code = 0;
  for (const attempt of attempts) {
    if (attempt.status === 'fulfilled') {
      if (attempt.value !== undefined) writeOut(`${attempt.value}\n`);
      continue;
    }
    if (attempt.reason instanceof UsageError) throw attempt.reason;
    await reportError(attempt.reason);
    code = exitCodes.failed;
  }
  return code;
}
