import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpText } from '../../src/cli/help.ts';
import type { OptionTable } from '../../src/cli/options.ts';
import { runOptions } from '../../src/commands/run-options.ts';

const table: OptionTable = runOptions;
const text = helpText('tctl run [OPTIONS]', 'Runs it.', runOptions);
const lines = text.split('\n');
const lineOf = (name: string) =>
  lines.filter((line) => new RegExp(`--${name}(?![\\w-])`).test(line.slice(0, 34)));

describe('help', () => {
  it('begins with the usage and what the command does', () => {
    expect(lines.slice(0, 4)).toEqual(['Usage: tctl run [OPTIONS]', '', 'Runs it.', '']);
    expect(text.endsWith('\n')).toBe(true);
  });

  it.each(Object.entries(table))(
    'lists --%s once, with its short form, its value and what it does',
    (name, spec) => {
      expect(lineOf(name)).toHaveLength(1);
      const [line = ''] = lineOf(name);
      expect(line.endsWith(`  ${spec.about}`)).toBe(true);
      expect(line.startsWith(spec.short === undefined ? '      --' : `  -${spec.short}, --`)).toBe(true);
      expect(line).toContain(spec.value === undefined ? `--${name} ` : `--${name} ${spec.value} `);
    },
  );

  it('lists nothing else', () => {
    expect(lines.filter((line) => line.startsWith('  '))).toHaveLength(Object.keys(table).length);
  });

  it('aligns what the options do in one column', () => {
    const columns = Object.entries(table).map(([name, { about }]) => lineOf(name)[0]?.lastIndexOf(about));
    expect(new Set(columns).size).toBe(1);
  });

  it('fits a terminal of 110 columns', () => {
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(110);
  });
});

describe('the option table', () => {
  it('gives no letter to two options', () => {
    const letters = Object.values(table).flatMap(({ short }) => short ?? []);
    expect(new Set(letters).size).toBe(letters.length);
    expect(letters.every((letter) => letter.length === 1)).toBe(true);
  });

  it('has every option of the README', () => {
    const readme = readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8');
    const synopsis = /^tctl run .*?COMMAND/ms.exec(readme)?.[0] ?? '';
    const long = [...synopsis.matchAll(/--([a-z-]+)/g)].map(([, name = '']) => name);
    const short = [...synopsis.matchAll(/\[-([a-z]) /g)].map(([, letter = '']) => letter);
    expect(long.length + short.length).toBeGreaterThan(10);
    expect(Object.keys(table)).toEqual(expect.arrayContaining(long));
    expect(Object.values(table).map((spec) => spec.short)).toEqual(expect.arrayContaining(short));
  });
});
