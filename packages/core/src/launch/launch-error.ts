import { SyscallError, TcError } from '@tc/linux';
import { notation } from './explain.ts';
import type { LaunchProgram } from './program.ts';
import { messages } from './protocol.ts';

/** The error for a failure message of the supervisor: the step names the operation, its diagnosis the cure. */
export function launchError(program: LaunchProgram, kind: number, errno: number): TcError {
  if (kind === messages.died) {
    return new TcError('the first process was killed before its command ran', {
      code: 'MEMORY_LIMIT_TOO_LOW',
      operation: 'start a container',
      hint: 'The memory limit is below what the start itself takes: raise it.',
    });
  }
  const step = program.steps[kind];
  const call = step?.op === 'fail' ? step.as : step;
  if (call?.op !== 'call') {
    return new TcError(`step ${kind} failed with errno ${errno}`, {
      code: 'LAUNCH',
      operation: 'start a container',
    });
  }
  const diagnosis = call.diagnoses[errno] ?? call.diagnoses[0];
  return new SyscallError({
    call: call.call,
    errno,
    args: [notation(call)],
    operation: call.what,
    hint: diagnosis?.hint,
    ...(diagnosis?.code === undefined ? {} : { code: diagnosis.code }),
  });
}
