import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { blockCell, brailleCell, levelOf } from '../../src/dashboard/graph/braille.ts';
import { chart, roundUp } from '../../src/dashboard/graph/chart.ts';
import { meter } from '../../src/dashboard/graph/meter.ts';
import { paintCells, penOfShare } from '../../src/dashboard/graph/shades.ts';
import { sparkline } from '../../src/dashboard/graph/sparkline.ts';
import { styledWidth } from '../../src/dashboard/text/line.ts';
import { makeTheme } from '../../src/dashboard/theme/theme.ts';

const drawn = (values: number[], width: number, max: number, style: 'braille' | 'blocks' | 'ascii') =>
  sparkline(values, width, max, style)
    .map(({ text }) => text)
    .join('');

describe('a cell', () => {
  it('fills its columns of dots from below', () => {
    expect([brailleCell(1, 0), brailleCell(0, 4), brailleCell(4, 4), brailleCell(2, 3)]).toEqual([
      '⡀',
      '⢸',
      '⣿',
      '⣴',
    ]);
    expect(brailleCell(0, 0)).toBe(' ');
    expect([blockCell(0), blockCell(4), blockCell(8)]).toEqual([' ', '▄', '█']);
  });

  it('shows what is not nothing, and never more than all', () => {
    expect([levelOf(0, 10, 4), levelOf(0.01, 10, 4), levelOf(5, 10, 4), levelOf(99, 10, 4)]).toEqual([
      0, 1, 2, 4,
    ]);
    expect([levelOf(Number.NaN, 10, 4), levelOf(1, 0, 4), levelOf(-1, 10, 4)]).toEqual([0, 0, 0]);
  });
});

describe('a sparkline', () => {
  it('has the newest at its right, and a gap where nothing was read', () => {
    expect(drawn([0, 25, 50, 100], 2, 100, 'braille')).toBe('⢀⣼');
    expect(drawn([100], 3, 100, 'blocks')).toBe('  █');
    expect(drawn([100, Number.NaN, 100], 3, 100, 'blocks')).toBe('█ █');
    expect(drawn([10, 50, 100], 3, 100, 'ascii')).toBe('.:#');
  });

  it('is as wide as it should be, whatever the values', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double(), { maxLength: 50 }),
        fc.integer({ min: 0, max: 30 }),
        fc.constantFrom('braille', 'blocks', 'ascii'),
        (values, width, style) => {
          const cells = sparkline(values, width, 10, style as 'braille');
          expect(cells.length).toBe(width);
          for (const { text } of cells) expect(text.length).toBe(1);
        },
      ),
    );
  });
});

describe('a chart', () => {
  it('draws values from below, and the limit as a line above them', () => {
    const rows = chart({ values: [1, 2, 4], width: 3, height: 4, max: 4, limit: 4, style: 'blocks' });
    expect(rows.map((row) => row.map(({ text }) => text).join(''))).toEqual(['┄┄█', '  █', ' ██', '███']);
    expect(rows[0]?.map(({ kind }) => kind)).toEqual(['limit', 'limit', 'value']);
  });

  it('puts a limit that is half of the top in the middle, and leaves one above the top out', () => {
    const lines = (limit: number) =>
      chart({ values: [Number.NaN], width: 1, height: 4, max: 8, limit, style: 'braille' }).map(
        ([cell]) => cell?.text,
      );
    expect(lines(4)).toEqual([' ', ' ', '┄', ' ']);
    expect(lines(9)).toEqual([' ', ' ', ' ', ' ']);
  });

  it('tops an axis with a round number that is not below the highest value', () => {
    expect([roundUp(0, 1024), roundUp(3, 1000), roundUp(1500, 1024), roundUp(700, 1000)]).toEqual([
      1, 4, 2048, 1000,
    ]);
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e15, noNaN: true }), (value) => {
        expect(roundUp(value, 1024)).toBeGreaterThanOrEqual(value * 0.999);
      }),
    );
  });
});

describe('colours of graphs', () => {
  const theme = makeTheme('dark', 'truecolor', true);
  const { pens } = theme;

  it('warn as a figure nears its limit', () => {
    expect(penOfShare(0.5, pens.cpu, pens)).toBe(pens.cpu);
    expect(penOfShare(0.8, pens.cpu, pens)).toBe(pens.warn);
    expect(penOfShare(0.95, pens.cpu, pens)).toBe(pens.bad);
    expect(penOfShare(undefined, pens.cpu, pens)).toBe(pens.cpu);
    expect(penOfShare(Number.NaN, pens.cpu, pens)).toBe(pens.cpu);
  });

  it('are said once for neighbours that share one', () => {
    const cells = ['a', 'b', 'c'].map((text, value) => ({ text, value }));
    expect(paintCells(cells, (value) => (value < 2 ? pens.cpu : pens.bad))).toBe(
      pens.cpu('ab') + pens.bad('c'),
    );
  });

  it.each([true, false])('a meter is as wide as it should be (unicode: %s)', (unicode) => {
    const own = makeTheme('dark', '256', unicode);
    for (const share of [undefined, 0, 0.333, 1, 7]) expect(styledWidth(meter(share, 20, own))).toBe(20);
  });
});
