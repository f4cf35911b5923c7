import { TarParser } from '../tar/parser.ts';
import { defaultRules } from '../unpack/rules.ts';
import { TreeWriter } from '../unpack/tree-writer.ts';
import { walkMerged, walkMergedBelow } from './merged-tree.ts';
import { tarOf } from './tar-stream.ts';

/**
 * Copies what is below a directory of an image into an empty directory, with its owners, modes and times: what a new
 * volume there begins with, and what runs where there is no overlayfs.
 * @param layers directories, the topmost first @param from in the image; `/` is all of it
 */
export async function copyFromImage(layers: readonly string[], from: string, to: string): Promise<void> {
  const path = Buffer.from(from).toString('latin1');
  const tree = path === '/' ? walkMerged(layers) : walkMergedBelow(layers, path);
  using writer = new TreeWriter(to, { ...defaultRules, devices: 'skip', whiteouts: 'tree' });
  const parser = new TarParser(writer);
  for await (const piece of tarOf(tree, { ids: { uid: (id) => id, gid: (id) => id } })) parser.write(piece);
  parser.finish();
  if (writer.report.entries > 0) writer.finishDirectories();
}
