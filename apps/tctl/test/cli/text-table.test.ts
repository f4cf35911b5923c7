import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { textTable } from '../../src/cli/text-table.ts';

const headings = ['ID', 'COMMAND', 'NAME'];
const rows = [
  ['0123456789ab', 'sh -c "sleep 1000; echo done"', 'web'],
  ['ba9876543210', 'true', 'a-database-with-a-long-name'],
];
const widest = (text: string) => Math.max(...text.split('\n').map((line) => stringWidth(line)));

describe('a table', () => {
  it('has columns as wide as their widest cell', () => {
    expect(textTable(headings, [['1', '22', '333']])).toBe('ID   COMMAND   NAME\n1    22        333\n');
  });

  it('counts cells, as terminals do: wide characters are two, combining ones none', () => {
    const wide = [
      ['日本', '1', 'x'],
      ['e\u0301', '2', '😀'],
      ['web', '3', 'x'],
    ];
    expect(textTable(['NAME', 'N', 'X'], wide).split('\n')).toEqual([
      'NAME   N   X',
      '日本   1   x',
      'e\u0301      2   😀',
      'web    3   x',
      '',
    ]);
    const narrow = textTable(['NAME', 'X'], [['データベース', 'x']], { columns: 12, flexible: [0] });
    expect(narrow).toBe('NAME       X\nデータ…    x\n');
  });

  it('takes from the widest columns that may be shortened, where it does not fit', () => {
    expect(textTable(headings, rows, { columns: 50, flexible: [1, 2] }).split('\n')).toEqual([
      'ID             COMMAND            NAME',
      '0123456789ab   sh -c "sleep 10…   web',
      'ba9876543210   true               a-database-with…',
      '',
    ]);
  });

  it('is as it is where it fits, or nobody says how wide it may be', () => {
    const whole = textTable(headings, rows);
    expect(textTable(headings, rows, { columns: 200, flexible: [1, 2] })).toBe(whole);
    expect(textTable(headings, rows, { columns: undefined, flexible: [1, 2] })).toBe(whole);
  });

  it('fits every terminal on which anything does', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 30, max: 120 }),
        fc.array(
          fc.string({
            maxLength: 80,
            unit: fc.constantFrom('a', ' ', 'é', '日', '😀', '\u0301', '👩\u200d👧'),
          }),
        ),
        (columns, names) => {
          const cells = names.map((name) => ['0123456789ab', name.replaceAll('\n', ' '), 'x']);
          expect(widest(textTable(headings, cells, { columns, flexible: [1] }))).toBeLessThanOrEqual(columns);
        },
      ),
    );
  });

  it('keeps six characters of each column, however narrow the terminal is', () => {
    expect(textTable(headings, rows, { columns: 1, flexible: [1, 2] })).toContain(
      '0123456789ab   sh -c…   web',
    );
  });
});
