import type { InputEvent } from '../terminal/events.ts';

/** A text of one line, and where the cursor stands in it: before the character at that offset. */
export interface LineText {
  readonly text: string;
  readonly cursor: number;
}

/** With the cursor at its end. Whatever it is made from, it has one line and nothing that moves a cursor. */
export function lineOf(text: string): LineText {
  const clean = cleaned(text);
  return { text: clean, cursor: clean.length };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const control = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;

/** The end of the last line of a paste is none of it. */
function cleaned(text: string): string {
  return text.replace(/[\r\n]+$/, '').replace(control, ' ');
}

/** What a key does to it: those of a shell's line. Undefined where the key is none of it. */
export function editLine(line: LineText, event: InputEvent): LineText | undefined {
  if (event.kind === 'paste') return insert(line, cleaned(event.text));
  if (event.kind !== 'key') return undefined;
  const edit = edits[event.name];
  if (edit !== undefined) return edit(line);
  return event.text === '' ? undefined : insert(line, event.text);
}

type Edit = (line: LineText) => LineText;

const toBegin: Edit = ({ text }) => ({ text, cursor: 0 });
const toEnd: Edit = ({ text }) => ({ text, cursor: text.length });
const left: Edit = (line) => ({ ...line, cursor: previousOf(line) });
const right: Edit = (line) => ({ ...line, cursor: nextOf(line) });
const wordLeft: Edit = (line) => ({ ...line, cursor: wordBefore(line) });
const wordRight: Edit = (line) => ({ ...line, cursor: wordAfter(line) });
const eraseLeft: Edit = (line) => erase(line, previousOf(line), line.cursor);
const eraseRight: Edit = (line) => erase(line, line.cursor, nextOf(line));
const eraseWordLeft: Edit = (line) => erase(line, wordBefore(line), line.cursor);

/** readline(3)'s, as far as one line without a history has a use for them. */
const edits: Readonly<Record<string, Edit>> = {
  left,
  right,
  home: toBegin,
  end: toEnd,
  backspace: eraseLeft,
  delete: eraseRight,
  'ctrl+a': toBegin,
  'ctrl+e': toEnd,
  'ctrl+b': left,
  'ctrl+f': right,
  'ctrl+h': eraseLeft,
  'ctrl+d': eraseRight,
  'ctrl+k': (line) => erase(line, line.cursor, line.text.length),
  'ctrl+u': (line) => erase(line, 0, line.cursor),
  'ctrl+w': eraseWordLeft,
  'ctrl+left': wordLeft,
  'ctrl+right': wordRight,
  'alt+b': wordLeft,
  'alt+f': wordRight,
  'alt+left': wordLeft,
  'alt+right': wordRight,
  'alt+backspace': eraseWordLeft,
  'alt+d': (line) => erase(line, line.cursor, wordAfter(line)),
};

export function insert({ text, cursor }: LineText, piece: string): LineText {
  return { text: text.slice(0, cursor) + piece + text.slice(cursor), cursor: cursor + piece.length };
}

function erase({ text }: LineText, from: number, to: number): LineText {
  return { text: text.slice(0, from) + text.slice(to), cursor: from };
}

const characters = new Intl.Segmenter();

/** A character may be made of several code points: nobody wants to take an accent off a letter. */
export function charactersOf(text: string): string[] {
  return [...characters.segment(text)].map(({ segment }) => segment);
}

function previousOf({ text, cursor }: LineText): number {
  return cursor - (charactersOf(text.slice(0, cursor)).at(-1)?.length ?? 0);
}

function nextOf({ text, cursor }: LineText): number {
  return cursor + (charactersOf(text.slice(cursor))[0]?.length ?? 0);
}

/** Words are what spaces are between: those of paths and variables belong together. */
function wordBefore({ text, cursor }: LineText): number {
  return text.slice(0, cursor).replace(/\S+\s*$|\s+$/, '').length;
}

function wordAfter({ text, cursor }: LineText): number {
  return cursor + (/^\s*\S*/.exec(text.slice(cursor))?.[0].length ?? 0);
}
