import type { Colour } from './colour.ts';

/** Every colour of the dashboard has a meaning, and a place here. What has none is the terminal's own colour. */
export interface Palette {
  /** What is there to be read second. */
  readonly dim: Colour;
  /** Lines, and the empty part of meters. */
  readonly faint: Colour;
  readonly title: Colour;
  readonly accent: Colour;
  readonly ok: Colour;
  readonly warn: Colour;
  readonly bad: Colour;
  /** Of a graph: what the figure is, while it is far from its limit. */
  readonly cpu: Colour;
  readonly memory: Colour;
  readonly pids: Colour;
  readonly io: Colour;
  readonly network: Colour;
  readonly pressure: Colour;
  readonly barText: Colour;
  readonly barBack: Colour;
  readonly selectedText: Colour;
  readonly selectedBack: Colour;
  readonly matchBack: Colour;
}

const dark: Palette = {
  dim: ['#8b93a8', 'default'],
  faint: ['#434a5e', 'brightBlack'],
  title: ['#e6eaf5', 'brightWhite'],
  accent: ['#7aa2f7', 'brightBlue'],
  ok: ['#7fc99a', 'green'],
  warn: ['#e5b567', 'yellow'],
  bad: ['#f2777a', 'brightRed'],
  cpu: ['#6fc3df', 'cyan'],
  memory: ['#7fc99a', 'green'],
  pids: ['#b39df3', 'magenta'],
  io: ['#d8a974', 'yellow'],
  network: ['#79b8ff', 'blue'],
  pressure: ['#f0a0c0', 'brightMagenta'],
  barText: ['#c3cbe0', 'white'],
  barBack: ['#232838', 'black'],
  selectedText: ['#ffffff', 'brightWhite'],
  selectedBack: ['#2f3b5c', 'blue'],
  matchBack: ['#5c4a1e', 'yellow'],
};

const light: Palette = {
  dim: ['#5c6478', 'brightBlack'],
  faint: ['#c2c8d6', 'brightBlack'],
  title: ['#171b26', 'black'],
  accent: ['#1f5fbf', 'blue'],
  ok: ['#1f7a45', 'green'],
  warn: ['#9a6200', 'yellow'],
  bad: ['#c0262d', 'red'],
  cpu: ['#0b7285', 'cyan'],
  memory: ['#1f7a45', 'green'],
  pids: ['#6941c6', 'magenta'],
  io: ['#8f5a0a', 'yellow'],
  network: ['#1f5fbf', 'blue'],
  pressure: ['#a02a6b', 'magenta'],
  barText: ['#2a3040', 'black'],
  barBack: ['#e4e8f0', 'white'],
  selectedText: ['#0c1020', 'black'],
  selectedBack: ['#c9d9f7', 'cyan'],
  matchBack: ['#ffe08a', 'yellow'],
};

const highContrast: Palette = {
  dim: ['#e0e0e0', 'white'],
  faint: ['#909090', 'white'],
  title: ['#ffffff', 'brightWhite'],
  accent: ['#00ffff', 'brightCyan'],
  ok: ['#00ff5f', 'brightGreen'],
  warn: ['#ffff00', 'brightYellow'],
  bad: ['#ff6060', 'brightRed'],
  cpu: ['#00ffff', 'brightCyan'],
  memory: ['#00ff5f', 'brightGreen'],
  pids: ['#ff8cff', 'brightMagenta'],
  io: ['#ffd75f', 'brightYellow'],
  network: ['#87d7ff', 'brightCyan'],
  pressure: ['#ff8cff', 'brightMagenta'],
  barText: ['#000000', 'black'],
  barBack: ['#ffffff', 'white'],
  selectedText: ['#000000', 'black'],
  selectedBack: ['#ffff00', 'brightYellow'],
  matchBack: ['#0000c0', 'blue'],
};

/** Okabe and Ito's colours, which people with every kind of colour vision tell apart: good is blue, bad is orange. */
const colourBlind: Palette = {
  ...dark,
  accent: ['#56b4e9', 'brightCyan'],
  ok: ['#56b4e9', 'cyan'],
  warn: ['#f0e442', 'brightYellow'],
  bad: ['#e8742c', 'red'],
  cpu: ['#56b4e9', 'cyan'],
  memory: ['#2fb594', 'green'],
  pids: ['#cc79a7', 'magenta'],
  io: ['#e69f00', 'yellow'],
  network: ['#4f9fdc', 'blue'],
  pressure: ['#cc79a7', 'magenta'],
};

export const palettes = { dark, light, 'high-contrast': highContrast, 'colour-blind': colourBlind };
export type ThemeName = keyof typeof palettes;
export const themeNames = Object.keys(palettes) as readonly ThemeName[];
