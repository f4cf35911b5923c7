import { closeSync, constants, openSync } from 'node:fs';
import { WriteStream } from 'node:tty';
import { isTerminal } from './is-terminal.ts';

/**
 * How wide the terminal is that stdout is; COLUMNS goes before what it says of itself, as for ls(1).
 * @returns in characters; undefined where stdout is no terminal, or one that does not know
 */
export function outputWidth(env: NodeJS.ProcessEnv = process.env): number | undefined {
  if (!isTerminal(1)) return undefined;
  const told = Number(env['COLUMNS']);
  if (Number.isInteger(told) && told > 0) return told;
  let fd: number | undefined;
  try {
    // Opened anew: process.stdout would make non-blocking what containers inherit. See output.ts.
    fd = openSync('/proc/self/fd/1', constants.O_RDWR | constants.O_NOCTTY);
    const terminal = new WriteStream(fd);
    fd = undefined; // it is the stream's
    const { columns } = terminal;
    terminal.destroy();
    return columns > 0 ? columns : undefined;
  } catch {
    return undefined; // somebody else's, after su(1)
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
