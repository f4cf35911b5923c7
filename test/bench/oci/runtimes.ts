import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Workplace } from '../workplace.ts';

export type RuntimeName = 'tc-runtime' | 'runc' | 'crun';

/** The first is what the others are compared with. */
export const runtimeNames: readonly RuntimeName[] = ['tc-runtime', 'runc', 'crun'];

const ours = fileURLToPath(new URL('../../../node_modules/.bin/tc-runtime', import.meta.url));

/** What engines are given: a path, or a name in PATH. */
export const programOf = (name: RuntimeName): string => (name === 'tc-runtime' ? ours : name);

/** The start of each of its command lines, with its state in the workplace. */
export const callOf = (place: Workplace, name: RuntimeName): string[] => [
  programOf(name),
  '--root',
  join(place.directory, name),
];
