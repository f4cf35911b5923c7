import type { ContainerOptions } from '@tc/core';
import { ownSize } from '@tc/core/terminal';

/** With -i a container that goes on by itself has a stdin to be written to, or a terminal. */
export function keepStdin(
  options: ContainerOptions,
  { interactive = false, tty = false }: { interactive?: boolean | undefined; tty?: boolean | undefined },
): ContainerOptions {
  if (tty) return { ...options, tty: ownSize() ?? true };
  return interactive ? { ...options, stdin: 'open' } : options;
}
