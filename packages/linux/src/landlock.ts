import { landlockConstants } from './constants.ts';
import { systemCall } from './libc.ts';
import { SyscallError } from './syscall-error.ts';

/** Which version of Landlock's interface the kernel has, 0 for none: landlock(7). Changes nothing. */
export function landlockAbi(): number {
  try {
    return systemCall('landlock_create_ruleset', 0, 0, landlockConstants.LANDLOCK_CREATE_RULESET_VERSION);
  } catch (error) {
    // ENOSYS: built without; EOPNOTSUPP: not turned on at boot (lsm=).
    if (error instanceof SyscallError) return 0;
    throw error;
  }
}
