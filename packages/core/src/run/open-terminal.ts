import type { Terminal } from './terminal.ts';

/**
 * Few containers have a terminal, and node:tty loads all of sockets and streams: so only here, and not with what calls it.
 * @param master its descriptor, which is the stream's from here on
 */
export async function openTerminal(master: number | Promise<number>): Promise<Terminal> {
  const { Terminal } = await import('./terminal.ts');
  return new Terminal(await master);
}
