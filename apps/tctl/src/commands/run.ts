import { compileRun, explain, type Run, type RunOptions, run } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { exitCodeOfError } from '../cli/exit-code.ts';
import type { OptionValues } from '../cli/options.ts';
import { writeError, writeOut } from '../cli/output.ts';
import { forwardSignals } from '../cli/signals.ts';
import { UsageError } from '../cli/usage-error.ts';
import { keptOptions } from '../table/option-groups.ts';
import type { runOptions } from '../table/run-options.ts';
import { run as spec } from '../table/running.ts';
import { idFile } from './id-file.ts';
import { type Image, keptOnDisk, resolveImage } from './image.ts';
import { reportEnding } from './report-ending.ts';
import { toKeptOptions, toRunOptions } from './to-run-options.ts';

export type RunValues = OptionValues<typeof runOptions>;

export const runCommand = command(
  spec,
  async (values, rest) => {
    // A dry run changes nothing, not even that.
    const cleaned = values['dry-run'] ? undefined : cleanUp();
    try {
      return await runContainer(values, rest);
    } finally {
      await cleaned;
    }
  },
  exitCodeOfError,
);

async function runContainer(values: RunValues, rest: readonly string[]): Promise<number> {
  const resolved = await resolveImage(values, rest, `tctl ${spec.usage}`, { dryRun: values['dry-run'] });
  try {
    return await runResolved(values, resolved);
  } finally {
    await resolved.release();
  }
}

async function runResolved(
  values: RunValues,
  { image, command, rootfs, apply, volumes }: Image,
): Promise<number> {
  const kept = { ...apply({ ...toRunOptions(values), ...toKeptOptions(values) }), rootfs };
  const { labels: _, stopSignal: __, stopTimeout: ___, logs: ____, ...options } = kept; // what run() itself takes
  if (values['dry-run']) {
    writeOut(explain(compileRun(command, withTerminal(options, values))));
    return 0;
  }
  // To stderr: stdout belongs to the container.
  if (values.explain) writeError(`${explain(compileRun(command, withTerminal(options, values)))}\n`);

  if (values.detach || values.tty || (values.restart ?? 'no') !== 'no') {
    const { runAsContainer } = await import('./containers.ts');
    const isGoneAtItsEnd = values.rm || (values.tty && !values.detach);
    const ofImage = isGoneAtItsEnd ? [] : await volumes(kept);
    return runAsContainer(values, {
      ...kept,
      mounts: [...ofImage, ...(kept.mounts ?? [])],
      rootfs: isGoneAtItsEnd ? rootfs : keptOnDisk(rootfs),
      command,
      ...(image === undefined ? {} : { image }),
    });
  }
  refuseWhatStays(values);
  return runHere(command, options, values);
}

/** The container has our own stdin, stdout and stderr. */
async function runHere(command: readonly string[], options: RunOptions, values: RunValues): Promise<number> {
  const writeId = idFile(values.cidfile);
  let container: Run | undefined;
  // Before it begins: the container can say that it is ready before run() has returned, and a signal come then.
  using _ = forwardSignals((signal) => container?.kill(signal), ['SIGWINCH']);
  container = run(command, { ...options, stdin: 'inherit', stdout: 'inherit', stderr: 'inherit' });
  if (values.cidfile !== undefined) await container.started.then(() => writeId(container.id));
  return reportEnding(await container, values);
}

function withTerminal(options: RunOptions, { tty }: RunValues): RunOptions {
  return tty ? { ...options, tty: true } : options;
}

function refuseWhatStays(values: RunValues): void {
  const { cidfile: _, ...ofThoseThatStay } = keptOptions;
  for (const name of Object.keys(ofThoseThatStay) as (keyof typeof ofThoseThatStay)[]) {
    if (values[name] === undefined) continue;
    throw new UsageError(`--${name} is for a container that stays`, 'Add -d, or leave it out.');
  }
}
