import { miscConstants, prctlOptions } from './constants.ts';
import { systemCall } from './libc.ts';

/** From now on this process is the parent of all orphans below it: PR_SET_CHILD_SUBREAPER(2const). @throws SyscallError */
export function becomeSubreaper(): void {
  systemCall('prctl', prctlOptions.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
}

/**
 * Whether a child has ended, and how, as wait(2) tells it; the kernel forgets it then. Waits for nothing.
 * @returns undefined while it runs
 * @throws SyscallError ECHILD where it is no child of this process, or was asked for before
 */
export function endOf(pid: number): number | undefined {
  const status = Buffer.alloc(4);
  const ended = systemCall('wait4', pid, status, miscConstants.WNOHANG, 0);
  return ended === pid ? status.readInt32LE(0) : undefined;
}
