import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** What a process has written so far: a line of JSON each. */
export function linesOf(child: ChildProcess & { readonly stdout: Readable }): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  createInterface(child.stdout).on('line', (line) => lines.push(JSON.parse(line)));
  return lines;
}
