/** process.terminal: where it goes, and how large it is. */
import type { ConsoleSpec } from '../../launch/bundle-spec.ts';
import type { TerminalSpec } from '../../launch/spec.ts';
import type { OciProcess } from '../config/process.ts';
import { refuse } from '../json.ts';

export interface TerminalTo {
  readonly consoleSocket: string | undefined;
  /** The caller takes it from the launcher. */
  readonly ownTerminal: boolean;
}

/** @throws TcError INVALID_BUNDLE where there is a terminal and nobody to have it, or the other way round */
export function translateTerminal(
  { terminal, consoleSize }: OciProcess,
  { consoleSocket, ownTerminal }: TerminalTo,
): { readonly console: ConsoleSpec | undefined; readonly taken: TerminalSpec | undefined } {
  if (!terminal) {
    if (consoleSocket !== undefined) refuse('process.terminal', 'is false, and there is a --console-socket');
    return { console: undefined, taken: undefined };
  }
  if (consoleSocket === undefined && !ownTerminal)
    refuse('process.terminal', 'is true, and there is no --console-socket to pass the terminal to');
  const size = { columns: consoleSize?.width ?? 80, rows: consoleSize?.height ?? 24 };
  const isTaken = consoleSocket === undefined;
  return {
    console: { socket: consoleSocket, ...size },
    taken: isTaken ? { ...size, logged: false } : undefined,
  };
}
