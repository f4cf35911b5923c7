import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { cliPage, page } from '../../../../tools/cli-page.ts';
import { functions } from '../../src/template/functions.ts';

const text = readFileSync(page, 'utf8');

it('docs/cli.md is what the table says: node --conditions=tc-source tools/cli-page.ts', () => {
  expect(cliPage()).toBe(text);
});

it.each(Object.keys(functions))('docs/cli.md tells of the function %s', (name) => {
  expect(text).toMatch(new RegExp(`\\b${name}\\b`));
});
