import { Container, type ExecOptions, type Run } from '@tc/core';
import { ownSize, rawTerminal, sit, writerTo } from '@tc/core/terminal';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { exitCodeOf, exitCodeOfError } from '../cli/exit-code.ts';
import { writeError } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import { exec } from '../table/running.ts';
import { insistentKill } from './insistent-kill.ts';
import { needTerminal } from './need-terminal.ts';
import { terminalType, variablesOf } from './to-run-options.ts';

const usage = exec.usage;

export const execCommand = command(
  exec,
  async ({ interactive = false, tty = false, ...values }, [name = '', ...rest]) => {
    if (rest.length === 0) throw new UsageError('the command is missing', `tctl ${usage}`);
    if (tty && interactive) needTerminal();
    await cleanUp();
    const container = await Container.get(name);
    const { workdir, user, 'group-add': groups, timeout } = values;
    const options: ExecOptions = {
      env: { ...terminalType(tty), ...variablesOf(values) },
      ...(workdir === undefined ? {} : { cwd: workdir }),
      ...(user === undefined ? {} : { user }),
      ...(groups === undefined ? {} : { groups }),
      ...(timeout === undefined ? {} : { timeout }),
    };
    if (tty) return execInTerminal(container, rest, options, interactive);
    const stdin = interactive ? 'inherit' : 'ignore';
    let run: Run | undefined;
    using _ = insistentKill(() => run);
    run = container.exec(rest, { ...options, stdin, stdout: 'inherit', stderr: 'inherit' });
    return await report(run, timeout); // or the signals would be let go of first
  },
  exitCodeOfError,
);

/** @returns its exit code */
export async function execInTerminal(
  container: Container,
  command: readonly string[],
  options: ExecOptions,
  interactive: boolean,
): Promise<number> {
  using raw = interactive ? rawTerminal(0) : undefined;
  let run: Run | undefined;
  using kill = insistentKill(() => run);
  // stdout: its terminal is for us to read.
  run = container.exec(command, { ...options, tty: ownSize() ?? true, stdout: 'ignore' });
  run.catch(() => {}); // its terminal tells of it first
  const terminal = await run.terminal;
  if (terminal === undefined) throw new Error('it has no terminal');
  const seat = { output: terminal, write: writerTo(terminal), resize: terminal.resize.bind(terminal) };
  const left = await sit(seat, { interactive });
  raw?.[Symbol.dispose]();
  if (left === 'gone') kill.send('SIGHUP');
  return await report(run, options.timeout);
}

async function report(run: Run, timeout: ExecOptions['timeout']): Promise<number> {
  const result = await run;
  if (result.reason === 'timeout') writeError(`tctl: killed after its timeout of ${timeout}\n`);
  return exitCodeOf(result);
}
