import { describe, expect, it } from 'vitest';
import { withoutStyles } from '../../src/dashboard/terminal/canvas.ts';
import { sgr } from '../../src/dashboard/theme/colour.ts';
import { detectBackground, detectDepth, detectUnicode } from '../../src/dashboard/theme/detect.ts';
import { palettes, themeNames } from '../../src/dashboard/theme/palettes.ts';
import { makeTheme } from '../../src/dashboard/theme/theme.ts';
import { styleCodes } from './support/codes.ts';

describe('what a terminal can show', () => {
  it.each([
    [{ TERM: 'xterm-256color', COLORTERM: 'truecolor' }, 'truecolor'],
    [{ TERM: 'xterm-256color' }, '256'],
    [{ TERM: 'screen' }, '16'],
    [{ TERM: 'linux' }, '16'],
    [{ TERM: 'vt100' }, 'none'],
    [{ TERM: 'dumb', COLORTERM: 'truecolor' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '1' }, 'none'],
    [{ TERM: 'xterm-256color', NO_COLOR: '' }, '256'],
  ])('%j has colours: %s', (env, depth) => {
    expect(detectDepth(env)).toBe(depth);
  });

  it.each([
    [{ TERM: 'xterm', LANG: 'en_US.UTF-8' }, true],
    [{ TERM: 'xterm', LANG: 'en_US.ISO-8859-1' }, false],
    [{ TERM: 'linux', LANG: 'en_US.UTF-8' }, false],
    [{ TERM: 'screen' }, true],
  ])('%j decodes UTF-8: %s', (env, can) => {
    expect(detectUnicode(env)).toBe(can);
  });

  it('a light background is told by COLORFGBG', () => {
    expect([
      detectBackground({ COLORFGBG: '0;15' }),
      detectBackground({ COLORFGBG: '15;0' }),
      detectBackground({}),
    ]).toEqual(['light', 'dark', 'dark']);
  });
});

describe('colours', () => {
  it('are said as the terminal knows them', () => {
    const red = ['#ff0000', 'red'] as const;
    expect(sgr(red, 'truecolor', 'fore')).toBe('38;2;255;0;0');
    expect(sgr(red, '256', 'back')).toBe('48;5;196');
    expect(sgr(['#808080', 'white'], '256', 'fore')).toBe('38;5;244');
    expect(sgr(red, '16', 'fore')).toBe('31');
    expect(sgr(['#ffffff', 'brightWhite'], '16', 'back')).toBe('107');
    expect(sgr(red, 'none', 'fore')).toBe('');
  });

  it('are none without colours: only weight and inversion tell things apart', () => {
    const { pens } = makeTheme('dark', 'none', true);
    const codes = styleCodes(Object.values(pens).map((pen) => pen('x')));
    expect([...new Set(codes)].toSorted()).toEqual(['1', '2', '22', '24', '27', '4', '7']);
  });

  it('can be nested: what is inside ends without ending what is outside', () => {
    const { pens } = makeTheme('dark', 'truecolor', true);
    expect(pens.bold(`a${pens.bad('b')}c`)).toBe('\x1b[1ma\x1b[38;2;242;119;122mb\x1b[39mc\x1b[22m');
    expect(pens.bar(`a${pens.bad('b')}c`)).toBe(
      '\x1b[38;2;195;203;224;48;2;35;40;56ma\x1b[38;2;242;119;122mb\x1b[38;2;195;203;224mc\x1b[39;49m',
    );
  });

  it.each([
    ['dark', '16'],
    ['high-contrast', 'truecolor'],
    ['high-contrast', '256'],
    ['light', 'none'],
  ] as const)('are left out of bars on which they could not be read: %s, %s', (name, depth) => {
    const { pens } = makeTheme(name, depth, true);
    for (const pen of [pens.bar, pens.selected]) {
      const line = pen(`a${pens.bold(pens.bad('b'))}${pens.match('c')}d`);
      const within = styleCodes([line]).slice(1, -1);
      expect(withoutStyles(line)).toBe('abcd');
      expect(within.filter((codes) => !/^(1|4|22|24)$/.test(codes))).toEqual([]);
    }
  });

  it.each(themeNames)('of %s can be read on what is behind them', (name) => {
    const palette = palettes[name];
    const ground = name === 'light' ? '#ffffff' : '#000000';
    for (const key of [
      'dim',
      'title',
      'accent',
      'ok',
      'warn',
      'bad',
      'cpu',
      'memory',
      'pids',
      'io',
      'network',
    ] as const)
      expect(`${key} ${contrast(palette[key][0], ground) >= 4.5}`).toBe(`${key} true`);
    expect(contrast(palette.barText[0], palette.barBack[0])).toBeGreaterThan(4.5);
    expect(contrast(palette.selectedText[0], palette.selectedBack[0])).toBeGreaterThan(4.5);
  });
});

/** WCAG 2.1, 1.4.3. */
function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

function luminance(hex: string): number {
  const channels = [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255);
  const [r = 0, g = 0, b = 0] = channels.map((each) =>
    each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
