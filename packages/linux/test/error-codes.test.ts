/** Codes of errors, what docs/troubleshooting.md says of them, and the sources that throw them. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { getSystemErrorMap } from 'node:util';
import { describe, expect, it } from 'vitest';
import { page, withCodeTables } from '../../../tools/troubleshooting.ts';
import { errorSections } from '../src/error-codes/index.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const sources = globSync(join(root, '{packages,apps}/*/src/**/*.{ts,tsx}'))
  .filter((path) => !path.includes('/error-codes/'))
  .map((path) => readFileSync(path, 'utf8'));
const constants = new Set(
  sources.flatMap((text) => [...text.matchAll(/'([A-Z][A-Z0-9_]+)'/g)].map(([, name = '']) => name)),
);
const sections = Object.values(errorSections).map((codes) => Object.keys(codes));
const all = sections.flat();

describe('the codes of errors', () => {
  it('are in docs/troubleshooting.md: node --conditions=tc-source tools/troubleshooting.ts', () => {
    const text = readFileSync(page, 'utf8');
    expect(withCodeTables(text)).toBe(text);
  });

  it('are in one section each', () => {
    expect(all.length).toBeGreaterThan(150);
    expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([]);
  });

  it('are all thrown somewhere', () => {
    expect(all.filter((code) => !constants.has(code))).toEqual([]);
  });

  // The compiler takes anything with an E for a code of the system.
  it('that begin with E are those of the system, or have an entry', () => {
    const errnos = new Set([...getSystemErrorMap().values()].map(([name]) => name));
    const given = sources.flatMap((text) =>
      [...text.matchAll(/\bcode(?: =|:)\s*[^,;]*?'(E[A-Z0-9_]+)'/g)].map(([, code = '']) => code),
    );
    expect(given.filter((code) => !errnos.has(code) && !all.includes(code) && !/^ERR_/.test(code))).toEqual(
      [],
    );
  });

  it('say what to do, as phrases', () => {
    const entries = Object.values(errorSections).flatMap((codes) => Object.entries(codes));
    for (const [code, { cause, cure }] of entries) {
      expect(`${code}: ${cause}`).toMatch(/: .{6,}[^.]$/);
      expect(`${code}: ${cure}`).toMatch(/: .{6,}[^.]$/);
    }
  });
});
