/** `SECURITY.md` names tests that there are. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const rows = readFileSync(join(root, 'SECURITY.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| what |') && !line.startsWith('| --- '))
  .map((line) => line.split('|').map((cell) => cell.trim()));
const testsOf = (cells: readonly string[]) =>
  [...(cells[3] ?? '').matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
const test = (name: string) => join(root, 'test/kernel', `${name}.test.ts`);

describe('SECURITY.md', () => {
  it('has a test for each line of its tables', () => {
    expect(rows.length).toBeGreaterThan(20);
    expect(rows.filter((cells) => testsOf(cells).length === 0)).toEqual([]);
    expect(rows.flatMap(testsOf).filter((name) => !existsSync(test(name)))).toEqual([]);
  });

  it('names each hole that a test names', () => {
    const page = readFileSync(join(root, 'SECURITY.md'), 'utf8');
    const named = readFileSync(test('known-holes'), 'utf8').match(/CVE-\d+-\d+/g) ?? [];
    expect(named.filter((cve) => !page.includes(cve))).toEqual([]);
  });
});
