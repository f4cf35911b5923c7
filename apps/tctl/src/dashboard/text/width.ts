import stringWidth from 'string-width';

/** One cell each: ASCII, what else Latin-1 has, and what we draw with (punctuation, arrows, boxes, blocks, braille). */
const plain = /^[ -~\u00a1-\u00ac\u00ae-\u00ff\u2013-\u2027\u2190-\u2193\u2500-\u25fc\u2800-\u28ff]*$/;

/** Whether all terminals show it with one cell a character. */
export function isPlain(text: string): boolean {
  return plain.test(text);
}

/** How many cells a terminal needs for a text without escape sequences. Most texts are plain: those are quick. */
export function widthOf(text: string): number {
  return plain.test(text) ? text.length : stringWidth(text);
}

const segmenter = new Intl.Segmenter();

/** What fits into so many cells; a wide character that would stick out is left away. */
export function cut(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, Math.max(0, width));
  let [result, used] = ['', 0];
  for (const { segment } of segmenter.segment(text)) {
    const cells = stringWidth(segment);
    if (used + cells > width) break;
    result += segment;
    used += cells;
  }
  return result;
}
