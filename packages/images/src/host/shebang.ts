import { basename } from 'node:path';

export interface Shebang {
  /** The interpreter's path as the script gives it. */
  interpreter: string;
  /** What env(1) has to look up, when the interpreter is env: `#!/usr/bin/env bash`. */
  command: string | undefined;
}

/** How much of a file the kernel looks at (BINPRM_BUF_SIZE, execve(2)). */
export const shebangBytes = 256;

/** The interpreter line at the start of a script; undefined when these bytes are no script. */
export function parseShebang(start: Buffer): Shebang | undefined {
  if (start.toString('latin1', 0, 2) !== '#!') return undefined;
  const line = start.toString('utf8', 2, shebangBytes).split('\n', 1)[0] ?? '';
  const [interpreter, ...words] = line.trim().split(/[ \t]+/);
  if (!interpreter?.startsWith('/')) return undefined;
  const isEnv = basename(interpreter) === 'env';
  return { interpreter, command: isEnv ? words.find((word) => !/^-|=/.test(word)) : undefined };
}
