import { miscConstants } from './constants.ts';
import { systemCall } from './libc.ts';

/** eventfd(2), close-on-exec, its reads wait: 8 bytes, how often it was signalled. @throws SyscallError */
export function eventfd(): number {
  return systemCall('eventfd2', 0, miscConstants.EFD_CLOEXEC);
}
