import type { ContainerExit, RunResult } from '@tc/core';
import { exitCodeOf, exitCodes } from '../cli/exit-code.ts';
import type { OptionValues } from '../cli/options.ts';
import { writeError } from '../cli/output.ts';
import type { runOptions } from '../table/run-options.ts';

type Values = Pick<OptionValues<typeof runOptions>, 'timeout' | 'memory' | 'cpu-time'>;

/** Says on stderr why a container ended, where its exit code does not. @returns the exit code */
export function reportEnding(ending: RunResult | ContainerExit, values: Values = {}): number {
  const of = (limit: string | undefined) => (limit === undefined ? '' : ` of ${limit}`);
  if (ending.reason === 'timeout') writeError(`tctl: killed after its timeout${of(values.timeout)}\n`);
  if (ending.reason === 'cpu') writeError(`tctl: killed after its CPU time${of(values['cpu-time'])}\n`);
  if (ending.reason === 'oom')
    writeError(`tctl: out of memory: the container used all of its limit${of(values.memory)}\n`);
  if (ending.reason === 'lost') {
    writeError('tctl: the container was lost: its supervisor was killed\n');
    return exitCodes.ownError;
  }
  return exitCodeOf(ending);
}
