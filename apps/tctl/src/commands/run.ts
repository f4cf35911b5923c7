import { cleanUpAbandoned, compileRun, explain, type RunOptions, run, TcError } from '@tc/core';
import { hostRootfs } from '@tc/images';
import { exitCodeOf, exitCodeOfError } from '../cli/exit-code.ts';
import { helpText } from '../cli/help.ts';
import { type OptionValues, parseOptions } from '../cli/options.ts';
import { writeError, writeOut } from '../cli/output.ts';
import { printError } from '../cli/print-error.ts';
import { UsageError } from '../cli/usage-error.ts';
import { runOptions } from './run-options.ts';
import { toRunOptions } from './to-run-options.ts';

type Values = OptionValues<typeof runOptions>;

const usage = 'tctl run [OPTIONS] (IMAGE | --rootfs DIR) COMMAND [ARG...]';
const about =
  'Runs a command in a new container and exits with its exit code. The only image as yet is host.';

/** Signals that the user sends to tctl and means for the container. */
const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGWINCH'] as const;

export async function runCommand(args: readonly string[]): Promise<number> {
  const { values, rest } = parseOptions(runOptions, args);
  if (values.help) {
    writeOut(helpText(usage, about, runOptions));
    return 0;
  }
  // A dry run changes nothing, not even that.
  const cleaned = values['dry-run']
    ? undefined
    : cleanUpAbandoned().catch((error: unknown) => printError(error));
  try {
    return await runContainer(values, rest);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    printError(error);
    return exitCodeOfError(error);
  } finally {
    await cleaned;
  }
}

async function runContainer(values: Values, rest: readonly string[]): Promise<number> {
  const { rootfs, command } = await resolveImage(values, rest);
  const options: RunOptions = {
    ...toRunOptions(values),
    rootfs: { ...rootfs, enter: values['no-pivot'] ? 'chroot' : 'pivot_root' },
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: 'inherit',
  };
  if (values['dry-run']) {
    writeOut(explain(compileRun(command, options)));
    return 0;
  }
  // To stderr: stdout belongs to the container.
  if (values.explain) writeError(`${explain(compileRun(command, options))}\n`);

  const container = run(command, options);
  const forget = forwardSignals((signal) => container.kill(signal));
  try {
    const result = await container;
    if (result.reason === 'timeout') writeError(`tctl: killed after its timeout of ${values.timeout}\n`);
    if (result.reason === 'oom') {
      const limit = values.memory === undefined ? '' : ` of ${values.memory}`;
      writeError(`tctl: out of memory: the container used all of its limit${limit}\n`);
    }
    return exitCodeOf(result);
  } finally {
    forget();
  }
}

async function resolveImage(values: Values, rest: readonly string[]) {
  if (values.rootfs !== undefined) {
    if (rest.length === 0) throw new UsageError('the command is missing', usage);
    const mode: 'ro' | 'rw' = values['read-only'] ? 'ro' : 'rw';
    return { rootfs: { path: values.rootfs, mode }, command: rest };
  }
  const [image, ...command] = rest;
  if (image === undefined) throw new UsageError('the image is missing', usage);
  if (command.length === 0) throw new UsageError('the command is missing', usage);
  if (image !== 'host') {
    throw new TcError('no such image', {
      code: 'IMAGE_NOT_FOUND',
      operation: `find the image ${image}`,
      hint: 'There is only host as yet; to use a directory, give --rootfs DIR.',
    });
  }
  const { path } = await hostRootfs();
  // Many containers share the tree, so each writes to a layer of its own.
  const mode: 'overlay' | 'overlay-ro' = values['read-only'] ? 'overlay-ro' : 'overlay';
  return { rootfs: { path, mode }, command };
}

/**
 * A first process without a handler ignores what it is sent: pid_namespaces(7). So that Ctrl-C still gets one
 * out, the third SIGINT or SIGTERM kills.
 */
function forwardSignals(kill: (signal: NodeJS.Signals) => void): () => void {
  let insisted = 0;
  const forward = (signal: NodeJS.Signals) => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') insisted += 1;
    kill(insisted >= 3 ? 'SIGKILL' : signal);
  };
  for (const signal of forwarded) process.on(signal, forward);
  return () => {
    for (const signal of forwarded) process.off(signal, forward);
  };
}
