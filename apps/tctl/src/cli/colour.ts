/** Colour on a terminal, and never where somebody has said that there is to be none: https://no-color.org. */
import { isTerminal } from './is-terminal.ts';

/** NO_COLOR goes before FORCE_COLOR, which goes before what the terminal is. */
export function hasColour(
  fd: 1 | 2,
  env: NodeJS.ProcessEnv = process.env,
  onTerminal = isTerminal(fd),
): boolean {
  if (env['NO_COLOR']) return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return onTerminal && env['TERM'] !== 'dumb';
}

const codes = { bold: 1, red: 31, green: 32, yellow: 33 } as const;

function painted(code: keyof typeof codes, text: string, fd: 1 | 2 = 1): string {
  return hasColour(fd) ? `\u001b[${codes[code]}m${text}\u001b[0m` : text;
}

export const bold = (text: string, fd?: 1 | 2): string => painted('bold', text, fd);
export const red = (text: string, fd?: 1 | 2): string => painted('red', text, fd);
export const green = (text: string, fd?: 1 | 2): string => painted('green', text, fd);
export const yellow = (text: string, fd?: 1 | 2): string => painted('yellow', text, fd);
