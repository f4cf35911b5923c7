import type { Theme } from '../theme/theme.ts';
import { penOfShare } from './shades.ts';

const parts = ' ▏▎▍▌▋▊▉█';

/** A horizontal bar of `width` cells, filled to an eighth of a cell. */
export function meter(share: number | undefined, width: number, theme: Theme): string {
  const { pens } = theme;
  const filled = Math.max(0, Math.min(1, share ?? 0));
  const pen = penOfShare(share, pens.ok, pens);
  if (!theme.unicode) {
    const bars = Math.round(filled * (width - 2));
    return `[${pen('|'.repeat(bars))}${' '.repeat(Math.max(0, width - 2 - bars))}]`;
  }
  const eighths = Math.round(filled * width * 8);
  const whole = Math.floor(eighths / 8);
  const rest = eighths % 8;
  const bar = '█'.repeat(whole) + (rest > 0 ? (parts[rest] ?? '') : '');
  const empty = width - whole - (rest > 0 ? 1 : 0);
  return pen(bar) + pens.faint('░'.repeat(Math.max(0, empty)));
}
