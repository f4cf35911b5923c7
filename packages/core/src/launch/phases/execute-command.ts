import type { ProgramBuilder } from '../builder.ts';
import { cell, load, number, string, stringArray } from '../data.ts';
import type { CallStep } from '../program.ts';
import type { ProcessSpec } from '../spec.ts';

const ENOENT = 2;
const EACCES = 13;

/** Becomes the command, and searches for it as execvp(3) does. */
export function executeCommand(
  p: ProgramBuilder,
  { argv, env, executable = argv[0] ?? '' }: Pick<ProcessSpec, 'argv' | 'env' | 'executable'>,
): void {
  const result = cell('result');
  const command = executable;
  const args = stringArray(argv, `[${argv.map((arg) => JSON.stringify(arg)).join(', ')}]`);
  const envp = stringArray(env, `[/* ${env.length} variables */]`);
  const denied = cell('denied');
  const paths = candidates(command, env);
  let first: CallStep | undefined;
  for (const path of paths) {
    const call = p.call('execve', [string(path), args, envp], {
      what: `execute ${command}`,
      why: first === undefined ? 'the command replaces this program; from here on the container runs' : '',
      // As execvp(3): go on where it is not there, remember where it may not be executed.
      tolerate: paths.length === 1 ? [] : ['ENOENT', 'ENOTDIR', 'EACCES'],
      result,
      diagnose: {
        ENOENT: {
          code: 'COMMAND_NOT_FOUND',
          hint: 'It is not in the root file system, or the loader it needs is not.',
        },
        ENOTDIR: { code: 'COMMAND_NOT_FOUND', hint: 'Its path leads through a file.' },
        E2BIG: {
          code: 'COMMAND_NOT_EXECUTABLE',
          hint: 'Its arguments and variables are too long: 128 KiB for one, a quarter of the stack limit for all (execve(2)).',
        },
        ENOEXEC: { code: 'COMMAND_NOT_EXECUTABLE', hint: 'It is not a program; a script starts with #!.' },
        other: {
          code: 'COMMAND_NOT_EXECUTABLE',
          hint: 'It must be an executable file for this architecture.',
        },
      },
    });
    first ??= call;
    const next = p.label();
    p.jumpIf(load(result), 'ne', -EACCES, next);
    p.set(denied, number(EACCES));
    p.place(next);
  }
  if (first === undefined) return;
  const absent = p.label();
  p.jumpIf(load(denied), 'eq', 0, absent);
  p.fail(number(EACCES), first);
  p.place(absent);
  p.fail(number(ENOENT), first);
}

/** The paths that a command without a slash may have: execvp(3). */
export function candidates(command: string, env: readonly string[]): string[] {
  if (command.includes('/')) return [command];
  const path =
    env.find((variable) => variable.startsWith('PATH='))?.slice(5) ?? '/usr/local/bin:/usr/bin:/bin';
  return path.split(':').map((directory) => `${directory || '.'}/${command}`);
}
