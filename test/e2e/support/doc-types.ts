/** What the compiler says of the TypeScript in pages: all blocks at once, each a module of its own. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './command.ts';
import type { DocBlock } from './doc-blocks.ts';

/** @returns the compiler's messages, with the place in the page for that in the file */
export function typeErrors(blocks: readonly DocBlock[]): string {
  // Where the names of the packages lead to them.
  const directory = mkdtempSync(join(repository, 'node_modules/.docs-'));
  try {
    const files = blocks.map((block, index) => {
      writeFileSync(join(directory, `${index}.ts`), moduleOf(block));
      return `${index}.ts`;
    });
    const config = {
      extends: join(repository, 'tsconfig.tests.json'),
      compilerOptions: {
        noUnusedLocals: false,
        types: ['node'],
        typeRoots: [join(repository, 'node_modules/@types')],
      },
      files,
      include: [],
    };
    writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
    writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
    execFileSync(join(repository, 'node_modules/.bin/tsc'), ['--project', directory], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      cwd: directory,
    });
    return '';
  } catch (error) {
    const { stdout = '' } = error as { stdout?: string };
    return stdout.replaceAll(/^(\d+)\.ts\((\d+),/gm, (_, index: string, line: string) => {
      const { page, line: first, first: hidden } = blocks[Number(index)] as DocBlock;
      return `${page}:${first + Number(line) - hidden.split('\n').length}: (`;
    });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

export function moduleOf({ first, code }: DocBlock): string {
  return `${first}${code}\nexport {};\n`;
}
