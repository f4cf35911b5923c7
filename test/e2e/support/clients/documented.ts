/** The configurations in docs/oci.md, so that what the page says is what the tests try. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../command.ts';
import { blocksOf } from '../doc-blocks.ts';
import { ours } from './runtimes.ts';

const page = 'docs/oci.md';

/**
 * @param part what no other block has
 * @returns the block, with the path of tc-runtime where the page has PATH
 */
export function documented(language: 'toml' | 'json', part: string): string {
  const blocks = blocksOf(page, readFileSync(join(repository, page), 'utf8'));
  const [block, ...others] = blocks.filter((each) => each.language === language && each.code.includes(part));
  if (block === undefined || others.length > 0) throw new Error(`${page} has not one block with ${part}`);
  return block.code.replaceAll('"PATH"', JSON.stringify(ours.path));
}
