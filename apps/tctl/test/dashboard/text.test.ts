import fc from 'fast-check';
import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import { cut } from '../../src/cli/width.ts';
import { fit, fitMiddle } from '../../src/dashboard/text/fit.ts';
import { joinFitting, spread, styledWidth } from '../../src/dashboard/text/line.ts';
import { bytes, count, duration, percent, rate } from '../../src/dashboard/text/sizes.ts';
import { wrap } from '../../src/dashboard/views/detail/section-lines.ts';

const text = fc.string({
  unit: fc.constantFrom('a', 'Z', ' ', 'é', '日', '한', '👩‍👩‍👧', '…', '̈', '→'),
  maxLength: 30,
});

describe('fit', () => {
  it('fills up, and cuts with an ellipsis', () => {
    expect(fit('name', 6)).toBe('name  ');
    expect(fit('7', 3, 'right')).toBe('  7');
    expect(fit('container', 6)).toBe('conta…');
    expect(fit('日本語', 4)).toBe('日… ');
    expect(fit('any', 0)).toBe('');
  });

  it('takes exactly the cells that it should, whatever the text', () => {
    fc.assert(
      fc.property(
        text,
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom('left', 'right'),
        (each, width, align) => {
          expect(stringWidth(fit(each, width, align as 'left'))).toBe(width);
          expect(stringWidth(fitMiddle(each, width))).toBe(width);
        },
      ),
    );
  });

  it('in the middle keeps both ends', () => {
    expect(fitMiddle('judge-worker-00017', 12)).toBe('judge-wo…017');
  });
});

describe('cut and wrap', () => {
  it('never give more cells than there are, and lose nothing', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 20 }), (each, width) => {
        expect(stringWidth(cut(each, width))).toBeLessThanOrEqual(width);
        const parts = wrap(each, width);
        expect(parts.join('')).toBe(each);
        for (const part of parts) expect(stringWidth(part)).toBeLessThanOrEqual(width);
      }),
    );
  });
});

describe('lines', () => {
  it('spread to both ends, and drop the right one where there is no room', () => {
    expect(spread('a', 'b', 5)).toBe('a   b');
    expect(spread('abc', 'xyz', 5)).toBe('abc  ');
    expect(styledWidth('\x1b[1mab\x1b[22m')).toBe(2);
  });

  it('join as much as fits', () => {
    expect(joinFitting(['one', 'two', 'three'], ' ', 8)).toBe('one two');
    expect(joinFitting(['one'], ' ', 2)).toBe('');
  });
});

describe('numbers for narrow columns', () => {
  it.each([
    [0, '0B'],
    [512, '512B'],
    [1023, '1.0K'],
    [1536, '1.5K'],
    [122 * 2 ** 20, '122M'],
    [9.96 * 2 ** 30, '10G'],
    [undefined, ''],
    [Number.NaN, ''],
  ])('%s bytes are %j', (value, shown) => {
    expect(bytes(value)).toBe(shown);
  });

  it('are at most five cells', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 2 ** 60, noNaN: true }), (value) => {
        expect(bytes(value).length).toBeLessThanOrEqual(5);
        expect(count(value % 1e8).length).toBeLessThanOrEqual(5);
        expect(percent(value % 1000).length).toBeLessThanOrEqual(6);
      }),
    );
  });

  it('say next to nothing of next to nothing', () => {
    expect([rate(0), rate(0.2), rate(2048), rate(undefined)]).toEqual(['·', '·', '2.0K', '']);
  });

  it.each([
    [0, '0s'],
    [59_999, '59s'],
    [250_000, '4m10s'],
    [11_220_000, '3h07m'],
    [187_200_000, '2d4h'],
    [120 * 86_400_000, '120d'],
    [-1, ''],
    [undefined, ''],
  ])('%s ms are %j', (milliseconds, shown) => {
    expect(duration(milliseconds)).toBe(shown);
  });
});
