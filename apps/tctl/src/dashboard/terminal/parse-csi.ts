import type { InputEvent, MouseEvent } from './events.ts';
import { keyOf, singleKey } from './parse-key.ts';

/** By the last character of the sequence: xterm, "PC-Style Function Keys". */
const byFinal: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  E: 'begin',
  F: 'end',
  H: 'home',
  M: 'enter',
  P: 'f1',
  Q: 'f2',
  R: 'f3',
  S: 'f4',
};

/** By the number before `~`: VT220's, rxvt's and the Linux console's. */
const byNumber: Readonly<Record<number, string>> = {
  1: 'home',
  2: 'insert',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
  11: 'f1',
  12: 'f2',
  13: 'f3',
  14: 'f4',
  15: 'f5',
  17: 'f6',
  18: 'f7',
  19: 'f8',
  20: 'f9',
  21: 'f10',
  23: 'f11',
  24: 'f12',
};

/** A whole CSI or SS3 sequence. What is not known says nothing. */
export function csiEvent(sequence: string): InputEvent[] {
  const body = sequence.slice(2, -1);
  const final = sequence.at(-1) ?? '';
  if (body.startsWith('<') && /[Mm]/.test(final)) return mouse(body.slice(1), final);
  // The Linux console: F1 to F5.
  if (body === '[') return [keyOf(`f${final.charCodeAt(0) - 64}`)];
  if (!/^[\d;:]*$/.test(body)) return [];
  const [first = '', second = ''] = body.split(';');
  const modifiers = Number(second.split(':')[0] || 1) - 1;
  // Kitty's protocol tells releases too, where somebody has asked for them.
  if (second.endsWith(':3')) return [];
  if (final === 'Z') return [keyOf('shift+tab')];
  if (final === '~') return named(byNumber[Number(first)], modifiers);
  if (final === 'u') return ofCodePoint(Number(first.split(':')[0]), modifiers);
  return named(byFinal[final], modifiers);
}

function named(name: string | undefined, modifiers: number): InputEvent[] {
  return name === undefined ? [] : [keyOf(prefix(modifiers) + name)];
}

/** xterm's modifiers, less one: 1 shift, 2 alt, 4 control. */
function prefix(modifiers: number, withShift = true): string {
  const ctrl = modifiers & 4 ? 'ctrl+' : '';
  const alt = modifiers & 2 ? 'alt+' : '';
  return ctrl + alt + (withShift && modifiers & 1 ? 'shift+' : '');
}

/** Kitty's keyboard protocol, and xterm's modifyOtherKeys. */
function ofCodePoint(code: number, modifiers: number): InputEvent[] {
  if (!(code > 0 && code <= 0x10ffff)) return [];
  if (code === 27) return [keyOf(`${prefix(modifiers)}escape`)];
  const character = String.fromCodePoint(code);
  const { name, text } = singleKey(character);
  const isLetter = text !== '' && text !== ' ';
  const shifted = isLetter && modifiers & 1 ? character.toUpperCase() : name;
  if ((modifiers & 6) === 0)
    return [isLetter ? keyOf(shifted, shifted) : keyOf(prefix(modifiers) + name, text)];
  return [keyOf(prefix(modifiers, !isLetter) + shifted)];
}

const buttons = ['left', 'middle', 'right', 'none'] as const;

/** SGR 1006: `button;column;row`, `m` for a release. */
function mouse(body: string, final: string): InputEvent[] {
  const [code = Number.NaN, column = Number.NaN, row = Number.NaN] = body.split(';').map(Number);
  if (![code, column, row].every((value) => Number.isInteger(value) && value >= 0)) return [];
  const action: MouseEvent['action'] =
    code & 64
      ? code & 1
        ? 'wheelDown'
        : 'wheelUp'
      : code & 32
        ? 'drag'
        : final === 'm'
          ? 'release'
          : 'press';
  // Wheels that go sideways say 66 and 67.
  if ((code & 66) === 66) return [];
  const button = code & 64 ? 'none' : (buttons[code & 3] ?? 'none');
  return [
    {
      kind: 'mouse',
      action,
      button,
      column: Math.max(0, column - 1),
      row: Math.max(0, row - 1),
      ctrl: (code & 16) !== 0,
    },
  ];
}
