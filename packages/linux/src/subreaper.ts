import { miscConstants, prctlOptions } from './constants.ts';
import { systemCall } from './libc.ts';

let keepers = 0;

/** From now on this process is the parent of all orphans below it: PR_SET_CHILD_SUBREAPER(2const). @throws SyscallError */
export function becomeSubreaper(): void {
  keepOrphans();
}

/** As `becomeSubreaper`, until it is disposed of. Those that came meanwhile stay. @throws SyscallError */
export function keepOrphans(): Disposable {
  keepers += 1;
  if (keepers === 1) setSubreaper(true);
  return {
    [Symbol.dispose]() {
      keepers -= 1;
      if (keepers === 0) setSubreaper(false);
    },
  };
}

function setSubreaper(is: boolean): void {
  systemCall('prctl', prctlOptions.PR_SET_CHILD_SUBREAPER, Number(is), 0, 0, 0);
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
