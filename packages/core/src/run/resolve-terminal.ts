import type { TerminalSpec } from '../launch/spec.ts';
import { invalid } from './invalid.ts';
import type { TerminalSize } from './options.ts';

const defaultSize: TerminalSize = { columns: 80, rows: 24 };

/** @throws TcError INVALID_OPTION */
export function resolveTerminal(
  tty: boolean | TerminalSize | undefined,
  logged: boolean,
): TerminalSpec | undefined {
  if (tty === undefined || tty === false) return undefined;
  const { columns, rows } = checkTerminalSize(tty === true ? defaultSize : tty);
  return { columns, rows, logged };
}

/** struct winsize has 16 bits for each: ioctl_tty(2). @throws TcError INVALID_OPTION */
export function checkTerminalSize(size: TerminalSize): TerminalSize {
  for (const count of [size.columns, size.rows]) {
    if (Number.isInteger(count) && count >= 1 && count <= 0xffff) continue;
    const hint = 'Give columns and rows as whole numbers from 1 to 65535.';
    invalid(`${count} is no size of a terminal`, 'set the size of the terminal', hint);
  }
  return size;
}
