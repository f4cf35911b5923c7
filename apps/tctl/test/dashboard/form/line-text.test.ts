import { describe, expect, it } from 'vitest';
import { aroundCursor } from '../../../src/dashboard/form/field-line.ts';
import { editLine, type LineText, lineOf } from '../../../src/dashboard/form/line-text.ts';
import { InputParser } from '../../../src/dashboard/terminal/input-parser.ts';

/** The text with a | at the cursor, after what a terminal sends. */
function after(begin: string, bytes: string): string {
  const at = begin.indexOf('|');
  let line: LineText =
    at === -1 ? lineOf(begin) : { text: begin.slice(0, at) + begin.slice(at + 1), cursor: at };
  const parser = new InputParser();
  for (const event of [...parser.push(Buffer.from(bytes)), ...parser.flush()])
    line = editLine(line, event) ?? line;
  return `${line.text.slice(0, line.cursor)}|${line.text.slice(line.cursor)}`;
}

describe('a text field', () => {
  it.each([
    ['what is typed goes to the cursor', 'ac|', '\x1b[Db', 'ab|c'],
    ['Ctrl-A goes to the begin', 'abc', '\x01x', 'x|abc'],
    ['Ctrl-E goes to the end', '|abc', '\x05x', 'abcx|'],
    ['Home and End do, too', 'abc', '\x1b[Hx\x1b[Fy', 'xabcy|'],
    ['Ctrl-K erases to the end', 'ab|cd', '\x0b', 'ab|'],
    ['Ctrl-U erases to the begin', 'ab|cd', '\x15', '|cd'],
    ['Ctrl-W erases a word', 'one two  |three', '\x17', 'one |three'],
    ['Ctrl-W erases nothing at the begin', '|abc', '\x17', '|abc'],
    ['Backspace erases to the left', 'ab|c', '\x7f', 'a|c'],
    ['Delete erases to the right', 'ab|cd', '\x1b[3~', 'ab|d'],
    ['Backspace erases nothing at the begin', '|abc', '\x7f', '|abc'],
    ['Ctrl-Left and Ctrl-Right go by words', 'one two', '\x1b[1;5D\x1b[1;5Dx\x1b[1;5C', 'xone| two'],
    ['a character of several code points is one', 'e\u0301👨‍👩‍👧', '\x7f', 'e\u0301|'],
    ['the cursor goes over it in one step', 'a👨‍👩‍👧', '\x1b[Dx', 'ax|👨‍👩‍👧'],
    ['a paste becomes one line', 'a|b', '\x1b[200~x\r\ny\tz\r\n\x1b[201~', 'ax y z|b'],
    ['nothing in a paste moves a cursor', '', '\x1b[200~a\x07\x1b]0;x\x07b\x1b[201~', 'a ]0;x b|'],
  ])('%s', (_title, begin, bytes, end) => {
    expect(after(begin, bytes)).toBe(end);
  });

  it('leaves keys that are none of its own to others', () => {
    for (const name of ['enter', 'escape', 'up', 'f5', 'ctrl+y'])
      expect(editLine(lineOf('a'), { kind: 'key', name, text: '' })).toBeUndefined();
  });
});

describe('what is seen of a text that is too long', () => {
  it('is what is around the cursor', () => {
    expect(aroundCursor({ text: 'abcdefghij', cursor: 10 }, 4)).toEqual({
      before: 'hij',
      at: ' ',
      after: '',
    });
    expect(aroundCursor({ text: 'abcdefghij', cursor: 0 }, 4)).toEqual({ before: '', at: 'a', after: 'bcd' });
    expect(aroundCursor({ text: 'abcdefghij', cursor: 5 }, 4)).toEqual({ before: 'cde', at: 'f', after: '' });
  });

  it('has no half of a wide character', () => {
    expect(aroundCursor({ text: '日本語', cursor: 3 }, 6)).toEqual({ before: '本語', at: ' ', after: '' });
  });

  it('shows control characters as text', () => {
    expect(aroundCursor({ text: 'a\x1bb', cursor: 0 }, 20)).toEqual({ before: '', at: 'a', after: '\\x1bb' });
  });
});
