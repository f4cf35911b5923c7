/**
 * How wide text is on a terminal: CJK characters and emoji take two cells, combining characters and other marks none.
 * It says what string-width says, by which Ink lays out the dashboard, but costs nothing as long as all text is plain:
 * to import that alone takes longer than all of `tctl ps`.
 */
import { eastAsianWidth } from 'get-east-asian-width';

/** One cell each: ASCII, what else Latin-1 has, and what we draw with (punctuation, arrows, boxes, blocks, braille). */
const plain = /^[ -~\u00a1-\u00ac\u00ae-\u00ff\u2013-\u2027\u2190-\u2193\u2500-\u25fc\u2800-\u28ff]*$/;

/** Whether all terminals show it with one cell a character. */
export function isPlain(text: string): boolean {
  return plain.test(text);
}

/** How many cells a terminal needs for a text without escape sequences. Most texts are plain: those are quick. */
export function widthOf(text: string): number {
  if (plain.test(text)) return text.length;
  let cells = 0;
  for (const { segment } of segments(text)) cells += widthOfCluster(segment);
  return cells;
}

/** What fits into so many cells; a wide character that would stick out is left away. */
export function cut(text: string, width: number): string {
  if (plain.test(text)) return text.slice(0, Math.max(0, width));
  let [result, used] = ['', 0];
  for (const { segment } of segments(text)) {
    const cells = widthOfCluster(segment);
    if (used + cells > width) break;
    result += segment;
    used += cells;
  }
  return result;
}

/** At most so many cells, with an ellipsis where there were more. */
export function shortened(text: string, width: number): string {
  return widthOf(text) <= width ? text : `${cut(text, Math.max(0, width - 1))}…`;
}

interface Rules {
  /** Finds what a terminal puts into the same cells: Unicode's extended grapheme clusters. */
  readonly segmenter: Intl.Segmenter;
  /** Of no width. */
  readonly invisible: RegExp;
  /** Parts of a cluster that have cells of their own. */
  readonly spacing: RegExp;
  readonly pictographs: RegExp;
  /**
   * Pictures that are narrow without what follows: the sign that it is one (U+FE0F), a colour of skin, or a second
   * letter of a flag. Keys are a digit in a box. https://unicode.org/reports/tr51/
   */
  readonly picture: RegExp;
}

let made: Rules | undefined;

/** Made late: it takes 10 ms. */
function rules(): Rules {
  made ??= {
    segmenter: new Intl.Segmenter(),
    invisible: /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\p{Mn}\p{Me}\p{Cs}]/u,
    spacing: /[\p{Mc}\uff00-\uffef]/u,
    pictographs: /\p{Extended_Pictographic}/gu,
    picture:
      /^(?:\p{Emoji}\ufe0f|\p{Emoji_Modifier_Base}\p{Emoji_Modifier}|\p{Regional_Indicator}{2}|[0-9#*]\ufe0f?\u20e3)$/u,
  };
  return made;
}

const segments = (text: string): Iterable<Intl.SegmentData> => rules().segmenter.segment(text);

/** Longer ones are no pictures, but an attack on who looks. */
const longestPicture = 50;

function widthOfCluster(cluster: string): number {
  const { invisible, spacing } = rules();
  const visible = [...cluster].filter((character) => !invisible.test(character));
  const [first = ''] = visible;
  if (first === '') return 0;
  if (cluster.length > 1 && cluster.length <= longestPicture && isPicture(cluster)) return 2;
  if (/^[\u1100-\u11ff\ua960-\ua97c\ud7b0-\ud7fb]/.test(first)) return widthOfJamo(visible.join(''));
  const rest = visible.slice(1).filter((character) => spacing.test(character));
  return [first, ...rest].reduce((sum, character) => sum + widthOfCharacter(character), 0);
}

function isPicture(cluster: string): boolean {
  const { picture, pictographs } = rules();
  if (/^[0-9#*]/.test(cluster) && !cluster.endsWith('\u20e3')) return false;
  return (
    picture.test(cluster) || (cluster.includes('\u200d') && (cluster.match(pictographs)?.length ?? 0) > 1)
  );
}

const widthOfCharacter = (character: string): number => eastAsianWidth(character.codePointAt(0) ?? 0);

/** Hangul in parts: a leading consonant, and what is in the same syllable, takes two cells. */
function widthOfJamo(text: string): number {
  const syllable = /[\u1100-\u115f\ua960-\ua97c][\u1160-\u11a7\ud7b0-\ud7c6][\u11a8-\u11ff\ud7cb-\ud7fb]?/g;
  const syllables = text.match(syllable)?.length ?? 0;
  const others = [...text.replace(syllable, '')];
  return syllables * 2 + others.reduce((sum, character) => sum + widthOfCharacter(character), 0);
}
