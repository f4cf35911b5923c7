/** One row of a graph: two values a cell, four levels each, in the dots of braille (Unicode 2800). */
const left = [0, 0x40, 0x44, 0x46, 0x47];
const right = [0, 0x80, 0xa0, 0xb0, 0xb8];

/** @param levels in quarters of the height: 0 to 4 */
export function brailleCell(leftLevel: number, rightLevel: number): string {
  // Not the empty pattern, which some fonts draw as eight rings.
  if (leftLevel <= 0 && rightLevel <= 0) return ' ';
  return String.fromCharCode(0x2800 | (left[leftLevel] ?? 0) | (right[rightLevel] ?? 0));
}

const eighths = ' ▁▂▃▄▅▆▇█';
export function blockCell(level: number): string {
  return eighths[level] ?? '█';
}

/** For terminals that have neither. */
const ascii = ' .:=#';
export function asciiCell(level: number): string {
  return ascii[level] ?? '#';
}

/**
 * Which of `levels` a value reaches; what is not nothing shows as at least one, so that an idle container differs from
 * one that is not there.
 */
export function levelOf(value: number, max: number, levels: number): number {
  if (!(value > 0) || !(max > 0)) return 0;
  return Math.min(levels, Math.max(1, Math.round((value / max) * levels)));
}
