import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut, shortened, widthOf } from '../../src/cli/width.ts';

const pieces = [
  'a',
  ' ',
  '7',
  '#',
  'é',
  'e\u0301', // with a combining accent
  '日',
  '한',
  '\u1112\u1161\u11ab', // the same in parts
  'ｶ\uff9e', // a halfwidth letter with its mark
  'Ａ',
  '…',
  '→',
  '─',
  '😀',
  '❤', // narrow, unless it is to be a picture
  '❤\ufe0f',
  '1\ufe0f\u20e3',
  '#\u20e3',
  '👍🏽',
  '☝🏽',
  '👩\u200d👩\u200d👧',
  '🏳\ufe0f\u200d🌈',
  '🇩🇪',
  '🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}',
  '\u200b',
  '\u200d',
  '\u00ad',
  '\u0300',
  'क\u093f', // with a vowel that takes room
  'ก\u0e33',
];
const text = fc.string({ unit: fc.constantFrom(...pieces), maxLength: 20 });

describe('the width of a text', () => {
  it.each([
    ['web', 3],
    ['日本語', 6],
    ['データベース', 12],
    ['한국어', 6],
    ['😀 ok', 5],
    ['👩\u200d👩\u200d👧', 2],
    ['👍🏽👍', 4],
    ['🇩🇪🇯🇵', 4],
    ['e\u0301tude', 5],
    ['a\u200bb\u200d\ufeff', 2],
    ['❤\ufe0f', 2],
    ['❤', 1],
    ['', 0],
  ])('%j takes %i cells', (each, cells) => {
    expect(widthOf(each)).toBe(cells);
  });

  it('is what string-width says, of every character', () => {
    const different: string[] = [];
    for (let code = 0x20; code < 0x110000; code += 1) {
      // What is not assigned is all alike, and there are a million of it.
      if (code === 0x32000) code = 0xe0000;
      if (code === 0xe2000) break;
      const character = String.fromCodePoint(code);
      if (widthOf(character) !== stringWidth(character)) different.push(code.toString(16));
    }
    expect(different).toEqual([]);
  });

  it('is what string-width says, of what is put together', () => {
    fc.assert(
      fc.property(text, (each) => {
        expect(widthOf(each)).toBe(stringWidth(each));
      }),
      { numRuns: 2000 },
    );
  });

  it('is found for what nobody would write', () => {
    const marks = `a${'\u0300'.repeat(100_000)}`;
    expect(widthOf(marks)).toBe(1);
    expect(widthOf(`👩${'\u200d👩'.repeat(50_000)}`)).toBe(2);
    expect(widthOf('\ud800')).toBe(0);
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (each) => {
        expect(widthOf(each)).toBeGreaterThanOrEqual(0);
        expect(widthOf(each)).toBeLessThanOrEqual(2 * each.length);
      }),
    );
  });
});

describe('a text that is cut', () => {
  it.each([
    ['日本語', 5, '日本'],
    ['日本語', 1, ''],
    ['a👩\u200d👩\u200d👧b', 3, 'a👩\u200d👩\u200d👧'],
    ['a👩\u200d👩\u200d👧b', 2, 'a'],
    ['e\u0301e\u0301', 1, 'e\u0301'],
    ['container', 4, 'cont'],
    ['container', -1, ''],
  ])('%j to %i cells', (each, width, expected) => {
    expect(cut(each, width)).toBe(expected);
  });

  it('has an ellipsis, and never more cells than there are', () => {
    expect(shortened('日本語', 6)).toBe('日本語');
    expect(shortened('日本語', 5)).toBe('日本…');
    expect(shortened('日本語', 4)).toBe('日…');
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 30 }), (each, width) => {
        expect(widthOf(shortened(each, width))).toBeLessThanOrEqual(width);
        expect(widthOf(cut(each, width))).toBeLessThanOrEqual(width);
        expect(each.startsWith(cut(each, width))).toBe(true);
      }),
    );
  });
});
