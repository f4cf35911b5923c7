/**
 * What the documentation shows is so: every block of TypeScript compiles, every block of it and of shell commands runs,
 * and prints what its page shows below it. `support/doc-blocks.ts` has the comments that pages say something with.
 */
import { globSync, readFileSync } from 'node:fs';
import { basename, join, parse } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Registry, startRegistry } from '../support/registry.ts';
import { scaled } from '../support/scale.ts';
import { repository } from './support/command.ts';
import { blocksOf, isRunnable, isTypeScript } from './support/doc-blocks.ts';
import { brokenLinks } from './support/doc-links.ts';
import { isShown } from './support/doc-output.ts';
import { endSession, newSession, problemOf } from './support/doc-run.ts';
import { typeErrors } from './support/doc-types.ts';
import { newDirectory } from './support/suite.ts';

const pages = globSync(['*.md', 'docs/**/*.md', '{apps,packages}/*/README.md'], { cwd: repository }).sort();
const textOf = (page: string) => readFileSync(join(repository, page), 'utf8');
const blocks = pages.flatMap((page) => blocksOf(page, textOf(page)));
const runnable = blocks.filter(isRunnable);

let registry: Registry;
beforeAll(async () => {
  registry = await startRegistry(newDirectory());
});
afterAll(async () => {
  await registry[Symbol.asyncDispose]();
});

describe('the documentation', () => {
  it('has code in languages that are known here', () => {
    expect(runnable.length).toBeGreaterThan(60);
    const known = ['sh', 'ts', 'js', 'json', 'toml', 'yaml', 'hcl', 'text', ''];
    const others = blocks.filter(({ language }) => !known.includes(language));
    expect(others.map(({ page, line, language }) => `${page}:${line}: ${language}`)).toEqual([]);
  });

  it(
    'has TypeScript that the compiler takes',
    () => {
      expect(typeErrors(blocks.filter(isTypeScript))).toBe('');
    },
    scaled(120_000),
  );

  it('has links that lead somewhere', () => {
    expect(pages.flatMap((page) => brokenLinks(page).map((link) => `${page}: ${link}`))).toEqual([]);
  });

  it('is all in its index', () => {
    const index = textOf('docs/README.md');
    const named = globSync('docs/**/*.md', { cwd: repository }).map((page) => page.slice('docs/'.length));
    expect(named.filter((page) => page !== 'README.md' && !index.includes(`(${page})`))).toEqual([]);
  });

  it('has every folder of sources and every tool on its map', () => {
    const map = textOf('docs/architecture.md');
    const folders = globSync('{packages,apps}/*/src/*/', { cwd: repository }).map(
      (path) => `${basename(path)}/`,
    );
    const tools = globSync('tools/*.{ts,mjs}', { cwd: repository }).map((path) => parse(path).name);
    expect(folders.length).toBeGreaterThan(40);
    expect([...folders, ...tools].filter((name) => !map.includes(`\`${name}\``))).toEqual([]);
  });

  it('has JSON that is JSON', () => {
    for (const { language, code } of blocks) if (language === 'json') JSON.parse(code);
  });

  for (const { page, line, notRun } of blocks.filter(({ notRun }) => notRun !== undefined))
    it(`has code that is not run: ${page}:${line}`, ({ skip }) => skip(notRun));

  it.each(pages.filter((page) => runnable.some((block) => block.page === page)))(
    'shows what happens: %s',
    async (page) => {
      const session = newSession(registry.host.replace('127.0.0.1', 'localhost'));
      const problems: string[] = [];
      try {
        for (const block of runnable.filter((each) => each.page === page)) {
          const problem = await problemOf(block, session);
          if (problem !== undefined) problems.push(problem);
        }
      } finally {
        await endSession();
      }
      expect(problems.join('\n\n')).toBe('');
    },
    scaled(180_000),
  );
});

describe('the check of what is shown', () => {
  it('lets differ what differs from run to run', () => {
    expect(isShown('0123456789ab  up 3 s\n', 'ba9876543210   up 12 s')).toBe(true);
    expect(isShown('a\nb\nc\nd\n', 'a\n…\nd\n')).toBe(true);
    expect(isShown('pid 17 of web\n', 'pid … of web\n')).toBe(true);
  });

  it('sees what does not', () => {
    expect(isShown('exit code 1\n', 'exit code 0\n')).toBe(false);
    expect(isShown('a\nb\n', 'a\n')).toBe(false);
    expect(isShown('', 'a\n')).toBe(false);
  });
});
