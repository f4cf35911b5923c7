import { describe, expect, it } from 'vitest';
import { printable } from '../../src/cli/printable.ts';
import { textTable } from '../../src/cli/text-table.ts';
import { shortened } from '../../src/cli/width.ts';

describe('text of a container’s making', () => {
  it.each([
    ['plain – Ünïcode 漢字 🎉', 'plain – Ünïcode 漢字 🎉'],
    ['\u001b[31mred\u001b]0;title\u0007', '\\x1b[31mred\\x1b]0;title\\x07'],
    ['two\nlines\ttab\r', 'two\\x0alines\\x09tab\\x0d'],
    ['\u009b31m', '\\x9b31m'],
    ['left\u202eright', 'left\\u202eright'],
  ])('moves no cursor and changes no colour: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  it('is shortened by whole characters', () => {
    expect(shortened('abcdef', 6)).toBe('abcdef');
    expect(shortened('abcdefg', 6)).toBe('abcde…');
    expect(shortened('🎉🎉🎉🎉', 6)).toBe('🎉🎉…');
  });
});

describe('a table', () => {
  it('has columns as wide as their widest cell, and no blanks at the ends of lines', () => {
    expect(
      textTable(
        ['A', 'LONGER', 'C'],
        [
          ['aaaa', 'b', ''],
          ['x', 'y', 'z'],
        ],
      ),
    ).toBe('A      LONGER   C\naaaa   b\nx      y        z\n');
  });
});
