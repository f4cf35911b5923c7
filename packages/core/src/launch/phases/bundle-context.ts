import { cloneFlags } from '@tc/linux';
import type { ProgramBuilder } from '../builder.ts';
import type { BundleSpec } from '../bundle-spec.ts';
import { namespaceFlags } from '../bundle-spec.ts';
import { address, at, cell, descriptor, flags, number, words } from '../data.ts';
import type { Operand, Place } from '../program.ts';
import type { CommandContext, Context } from './context.ts';
import { createCommandContext } from './context.ts';

/** What the phases of a bundle's start share. */
export interface BundleContext
  extends CommandContext,
    Pick<Context, 'cgroupFd' | 'taskFds' | 'cgroupsMade' | 'goRead' | 'goWrite' | 'cloneArgs'> {
  readonly spec: BundleSpec;
  /** The FIFOs that whoever starts the container finds in the state directory: `held-start.ts`. */
  readonly startFd: Place;
  readonly resultFd: Place;
}

const SIGCHLD = 17;
/** Where the error pipe and the FIFOs are moved to, above all that the command may keep. */
const movedTo = 200;

export function createBundleContext(p: ProgramBuilder, spec: BundleSpec): BundleContext {
  const command = createCommandContext(p, spec, 0);
  const cloneArgs = cloneArguments(spec, command.pidfd);
  return {
    ...command,
    spec,
    cloneArgs,
    cgroupFd: at(cloneArgs, 80),
    taskFds: (spec.cgroup?.join.tasks ?? []).map((_, index) => cell(`tasks_fd${index}`)),
    cgroupsMade: cell('cgroups_made'),
    goRead: cell('go_read'),
    goWrite: cell('go_write'),
    startFd: descriptor('start_fd'),
    resultFd: descriptor('result_fd'),
    kept: { from: 3 + spec.preserveFds, count: 3 },
  };
}

export function movedDescriptor(spec: BundleSpec, index: 0 | 1 | 2): number {
  return movedTo + spec.preserveFds + index;
}

/** struct clone_args: clone(2). A cgroup namespace is made later, in the cgroup that it is to show. */
function cloneArguments(spec: BundleSpec, pidfd: Place) {
  const names: (keyof typeof cloneFlags)[] = [
    'CLONE_PIDFD',
    ...(spec.cgroup?.join.into === undefined ? [] : (['CLONE_INTO_CGROUP'] as const)),
    ...spec.namespaces.made
      .filter((type) => type !== 'cgroup' && type !== 'time')
      .map((type) => namespaceFlags[type]),
  ];
  const rest: Operand[] = [0, 0, SIGCHLD, 0, 0, 0, 0, 0, 0].map((value) => number(value));
  const fields = [flags(cloneFlags, ...names), address(pidfd.datum, pidfd.offset), ...rest];
  return words(fields, `{flags=${names.join('|')}, exit_signal=SIGCHLD}`);
}
