import type { GraphStyle } from '../graph/sparkline.ts';
import { type ColourDepth, sgr } from './colour.ts';
import { type Palette, palettes, type ThemeName } from './palettes.ts';

/** Puts a text between two escape sequences that leave everything else as it is, so that pens can be nested. */
export type Pen = (text: string) => string;

export type Pens = { readonly [N in Exclude<keyof Palette, `${string}Back`>]: Pen } & {
  readonly text: Pen;
  readonly bold: Pen;
  readonly underline: Pen;
  readonly reverse: Pen;
  /** The bars at the top and above the footer. */
  readonly bar: Pen;
  readonly selected: Pen;
  readonly match: Pen;
};

export interface Theme {
  readonly name: ThemeName;
  readonly depth: ColourDepth;
  readonly unicode: boolean;
  /** What graphs are drawn of, where there is Unicode. */
  readonly graphs: GraphStyle;
  readonly pens: Pens;
  readonly palette: Palette;
}

const plain: Pen = (text) => text;

function pen(open: string, close: string): Pen {
  if (open === '') return plain;
  return (text) => (text === '' ? '' : `\x1b[${open}m${text}\x1b[${close}m`);
}

/** Colours within, and their ends. Bold, underline and inversion stay. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const colours = /\x1b\[(?:[34]9|[34]8;[\d;]*|[349]\d|10\d)(?:;[\d;]*)?m/g;

/**
 * A stretch with colours of its own. What was coloured within it goes on in these and not in the terminal's; where they
 * leave nothing else readable, it loses its colours.
 */
function ground(fore: string, back: string, isFlat: boolean): Pen {
  const own = pen(`${fore};${back}`, '39;49');
  if (isFlat) return (text) => own(text.replace(colours, ''));
  return (text) => own(text.replaceAll('\x1b[39m', `\x1b[${fore}m`));
}

/** What is inverse within is underlined instead: twice inverse would be nothing. */
const inverse: Pen = (text) => {
  const plainer = text
    .replace(colours, '')
    .replaceAll('\x1b[7m', '\x1b[4m')
    .replaceAll('\x1b[27m', '\x1b[24m');
  return `\x1b[7m${plainer}\x1b[27m`;
};

export function makeTheme(
  name: ThemeName,
  depth: ColourDepth,
  unicode: boolean,
  graphs: GraphStyle = 'braille',
): Theme {
  const palette = palettes[name];
  const fore = (key: keyof Palette) => pen(sgr(palette[key], depth, 'fore'), '39');
  const hasColour = depth !== 'none';
  const isFlat = depth === '16' || name === 'high-contrast';
  const box = (text: keyof Palette, back: keyof Palette): Pen =>
    hasColour
      ? ground(sgr(palette[text], depth, 'fore'), sgr(palette[back], depth, 'back'), isFlat)
      : inverse;
  const selected = (): Pen => {
    if (!hasColour || depth === '16') return inverse;
    return isFlat ? box('selectedText', 'selectedBack') : pen(sgr(palette.selectedBack, depth, 'back'), '49');
  };
  const pens: Pens = {
    text: plain,
    bold: pen('1', '22'),
    underline: pen('4', '24'),
    reverse: pen('7', '27'),
    dim: fore('dim'),
    faint: hasColour ? fore('faint') : pen('2', '22'),
    title: fore('title'),
    accent: fore('accent'),
    ok: fore('ok'),
    warn: fore('warn'),
    bad: hasColour ? fore('bad') : pen('1', '22'),
    cpu: fore('cpu'),
    memory: fore('memory'),
    pids: fore('pids'),
    io: fore('io'),
    network: fore('network'),
    pressure: fore('pressure'),
    barText: fore('barText'),
    selectedText: fore('selectedText'),
    bar: box('barText', 'barBack'),
    selected: selected(),
    match: box('selectedText', 'matchBack'),
  };
  return { name, depth, unicode, graphs, pens, palette };
}
