import { errnoName, SyscallError, TcError } from '@tc/linux';
import { notation } from './explain.ts';
import type { LaunchProgram } from './program.ts';
import { messages } from './protocol.ts';

/** For steps that have nothing more telling to say. */
const usualHints: Readonly<Record<string, string>> = {
  EPERM: 'Run as root, or with a user namespace (--userns private).',
  EACCES: 'Run as root, or with a user namespace (--userns private).',
  ENOSYS: 'Linux 5.12 or newer is needed.',
  ENOMEM: 'The host, or the container within its memory limit, has no memory left.',
  ENOSPC: 'A file system or a limit of the kernel is full: see df, and /proc/sys/user.',
  EMFILE: 'Too many files are open: raise ulimit -n.',
  ENFILE: 'Too many files are open on the host: see /proc/sys/fs/file-max.',
};
const anyHint = 'tctl run --explain shows the steps before it.';

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
  const diagnosis = call.diagnoses[errno] ??
    call.diagnoses[0] ?? { hint: usualHints[errnoName(errno)] ?? anyHint };
  return new SyscallError({
    call: call.call,
    errno,
    args: [notation(call)],
    operation: call.what,
    hint: diagnosis.hint,
    ...(diagnosis.code === undefined ? {} : { code: diagnosis.code }),
  });
}
