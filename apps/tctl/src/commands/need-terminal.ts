import { isatty } from 'node:tty';
import { UsageError } from '../cli/usage-error.ts';

/** Docker's words. @throws UsageError */
export function needTerminal(): void {
  if (isatty(0)) return;
  throw new UsageError('the input device is not a TTY', 'Leave out -t where stdin is no terminal.');
}
