import { readFileSync } from 'node:fs';
import type { Source } from '../../../packages/monitor/src/figures/sources.ts';

/** The yardstick: the same files, each opened, read into a string and split, as one would write it at first. */
export function readNaively(
  sources: readonly Source[],
  directories: Readonly<Record<string, string>>,
): object {
  const figures: Record<string, unknown> = {};
  for (const { hierarchy, file } of sources) {
    try {
      const text = readFileSync(`${directories[hierarchy]}/${file}`, 'utf8');
      const lines = text.trim().split('\n');
      figures[file] =
        lines.length === 1 && !text.includes(' ')
          ? Number(text)
          : Object.fromEntries(
              lines.map((line) => [line.split(' ')[0], line.split(' ').slice(1).map(Number)]),
            );
    } catch {} // this kernel has no such file
  }
  return figures;
}
