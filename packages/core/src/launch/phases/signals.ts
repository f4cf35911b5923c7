import { miscConstants } from '@tc/linux';
import { address, bytes, flags, NULL } from '../data.ts';
import type { Operand } from '../program.ts';
import type { CommandContext } from './context.ts';

/** sigset_t of the kernel: 64 bits. */
export function allSignals(): Operand {
  return address(bytes(new Uint8Array(8).fill(0xff), '~[]'));
}

/** The command starts with the mask that programs expect. */
export function unblockSignals({ p }: CommandContext): void {
  p.group('start');
  const none = address(bytes(new Uint8Array(8), '[]'));
  p.call('rt_sigprocmask', [flags(miscConstants, 'SIG_SETMASK'), none, NULL, 8], { what: 'unblock signals' });
}
