import type { ColourDepth } from './colour.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** https://no-color.org, COLORTERM, and what TERM says. */
export function detectDepth(env: Environment): ColourDepth {
  const term = env['TERM'] ?? '';
  if ((env['NO_COLOR'] ?? '') !== '' || term === 'dumb' || /^(vt\d+|.*-m|.*-mono)$/.test(term)) return 'none';
  if (/^(truecolor|24bit)$/i.test(env['COLORTERM'] ?? '') || /-direct$/.test(term)) return 'truecolor';
  if (/256/.test(term) || /^(xterm-kitty|alacritty|foot|wezterm|ghostty)/.test(term)) return '256';
  return '16';
}

/** The locale says what the terminal can decode; the Linux console has a font of 512 glyphs, without braille. */
export function detectUnicode(env: Environment): boolean {
  if (env['TERM'] === 'linux' || env['TERM'] === 'dumb') return false;
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  // tmux, ssh and containers often come without a locale, on terminals that are all UTF-8 today.
  return locale === '' || /utf-?8/i.test(locale) || locale === 'C' || locale === 'POSIX';
}

/** Some terminals tell their colours as `15;0`, with the background last: rxvt and its heirs. */
export function detectBackground(env: Environment): 'dark' | 'light' {
  const background = Number(/;(\d+)$/.exec(env['COLORFGBG'] ?? '')?.[1]);
  return background === 7 || background === 15 ? 'light' : 'dark';
}
