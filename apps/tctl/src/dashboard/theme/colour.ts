/** How many colours a terminal has: none, the 16 of ANSI, the 256 of xterm, or 24 bits. */
export type ColourDepth = 'none' | '16' | '256' | 'truecolor';

/** What it is with 24 bits, and which of the 16 stands for it: these have no fixed colour that could be computed. */
export type Colour = readonly [hex: string, ansi: AnsiName];

const ansiNames = [
  'black',
  'red',
  'green',
  'yellow',
  'blue',
  'magenta',
  'cyan',
  'white',
  'brightBlack',
  'brightRed',
  'brightGreen',
  'brightYellow',
  'brightBlue',
  'brightMagenta',
  'brightCyan',
  'brightWhite',
] as const;
export type AnsiName = (typeof ansiNames)[number] | 'default';

/** The parameters of SGR (ECMA-48, 8.3.117): `38;5;81`. Empty where there is no colour. */
export function sgr([hex, ansi]: Colour, depth: ColourDepth, ground: 'fore' | 'back'): string {
  if (depth === 'none') return '';
  if (depth === '16') {
    if (ansi === 'default') return ground === 'fore' ? '39' : '49';
    const index = ansiNames.indexOf(ansi);
    return String((ground === 'fore' ? 30 : 40) + (index < 8 ? index : index - 8 + 60));
  }
  const rgb = channels(hex);
  const lead = ground === 'fore' ? '38' : '48';
  return depth === '256' ? `${lead};5;${nearestOf256(rgb)}` : `${lead};2;${rgb.join(';')}`;
}

type Rgb = readonly [number, number, number];

function channels(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

const steps = [0, 95, 135, 175, 215, 255];

/** xterm's cube of 6x6x6 from 16 on, and its 24 greys from 232 on: whichever is nearer. */
function nearestOf256(rgb: Rgb): number {
  const [r, g, b] = rgb.map(nearestStep) as [number, number, number];
  const inCube: Rgb = [steps[r] ?? 0, steps[g] ?? 0, steps[b] ?? 0];
  const grey = Math.min(23, Math.max(0, Math.round(((rgb[0] + rgb[1] + rgb[2]) / 3 - 8) / 10)));
  const level = 8 + grey * 10;
  return distance(rgb, inCube) <= distance(rgb, [level, level, level]) ? 16 + 36 * r + 6 * g + b : 232 + grey;
}

function nearestStep(channel: number): number {
  let best = 0;
  for (const [index, step] of steps.entries())
    if (Math.abs(step - channel) < Math.abs((steps[best] ?? 0) - channel)) best = index;
  return best;
}

function distance(a: Rgb, b: Rgb): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}
