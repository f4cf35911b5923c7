import { type Change, listChanges } from './changes.ts';
import { walkMerged } from './merged-tree.ts';
import { tarOf } from './tar-stream.ts';
import type { IdShift } from './to-entry.ts';

export interface ExportOptions {
  readonly signal?: AbortSignal | undefined;
  readonly ids?: IdShift | undefined;
}

/** A root file system as one tar archive: what overlayfs shows of its layers. @param layers the topmost first */
export function exportTree(
  layers: readonly string[],
  { signal, ids }: ExportOptions = {},
): AsyncGenerator<Buffer> {
  return tarOf(walkMerged(layers), { signal, ...(ids && { ids }) });
}

/** What was added, changed and deleted. @param layers the topmost, which was written to, and those below */
export function diffLayers([upper, ...lower]: readonly string[]): Change[] {
  return upper === undefined ? [] : [...listChanges(upper, lower)];
}
