import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changedRows } from '../../src/dashboard/terminal/painter.ts';
import { changedCells } from '../../src/dashboard/terminal/row-cells.ts';

/** What a terminal makes of it: of each cell the character, and the parameters of its style in their order. */
class Screen {
  readonly cells: string[] = [];
  #at = 0;
  #style: string[] = [];

  write(bytes: string): this {
    for (const [, sequence, codes = '', final, character] of bytes.matchAll(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
      /(\x1b\[([\d;]*)([A-Za-z]))|([\s\S])/g,
    )) {
      if (sequence === undefined) this.cells[this.#at++] = `${character} ${this.#look()}`;
      else if (final === 'H') this.#at = Number(codes.split(';')[1]) - 1;
      else if (final === 'm') this.#restyle(codes);
    }
    return this;
  }

  #look(): string {
    return [...this.#style].sort().join(' ');
  }

  #restyle(codes: string): void {
    const groups = codes.match(/[34]8;2;\d+;\d+;\d+|\d+/g) ?? ['0'];
    for (const code of groups) {
      const drop = (is: (each: string) => boolean) => {
        this.#style = this.#style.filter((each) => !is(each));
      };
      if (code === '0') this.#style = [];
      else if (code === '39') drop((each) => /^3/.test(each));
      else if (code === '49') drop((each) => /^4[^;]*;?/.test(each) && each !== '4');
      else if (code === '22') drop((each) => each === '1' || each === '2');
      else if (code === '24') drop((each) => each === '4');
      else if (code === '27') drop((each) => each === '7');
      else {
        if (/^3\d/.test(code)) drop((each) => /^3\d/.test(each));
        if (/^4\d/.test(code)) drop((each) => /^4\d/.test(each));
        drop((each) => each === code);
        this.#style.push(code);
      }
    }
  }
}

const pens = [
  ['', ''],
  ['\x1b[1m', '\x1b[22m'],
  ['\x1b[2m', '\x1b[22m'],
  ['\x1b[4m', '\x1b[24m'],
  ['\x1b[7m', '\x1b[27m'],
  ['\x1b[31m', '\x1b[39m'],
  ['\x1b[38;2;1;2;3m', '\x1b[39m'],
  ['\x1b[48;2;9;8;7m', '\x1b[49m'],
  ['\x1b[38;2;1;1;1;48;2;2;2;2m', '\x1b[39;49m'],
] as const;

/** A line of 40 cells in stretches with and without colours. */
const line = fc
  .array(fc.tuple(fc.constantFrom(...pens), fc.constantFrom('a', 'bb', '⣿⣀', ' ', '│x│')), {
    minLength: 25,
    maxLength: 60,
  })
  .map((parts) => {
    let [text, cells] = ['', 0];
    for (const [[open, close], own] of parts) {
      const shown = own.slice(0, 40 - cells);
      cells += shown.length;
      text += open + shown + close;
    }
    return text + ' '.repeat(40 - cells);
  });

describe('the cells that differ', () => {
  it('make the same of a row as writing all of it', () => {
    fc.assert(
      fc.property(line, line, (before, next) => {
        const written = changedCells(0, before, next);
        const cells = new Screen().write(before).write(written ?? 'undefined').cells;
        expect(cells).toEqual(new Screen().write(next).cells);
      }),
    );
  });

  it('are written, and nothing of the others', () => {
    const before = `\x1b[32mup\x1b[39m ${'.'.repeat(30)} 12s ${'.'.repeat(30)}`;
    const next = before.replace('12s', '13s');
    expect(changedCells(4, before, next)).toBe('\x1b[5;36H\x1b[0m3');
  });

  it('of a row without any are nothing', () => {
    expect(changedCells(0, 'a\x1b[0m', 'a')).toBe('');
  });

  it('are not told where terminals do not agree on how wide a character is', () => {
    expect(changedCells(0, '日本 1', '日本 2')).toBeUndefined();
    expect(changedRows(['日本 1'], ['日本 2'])).toBe('\x1b[1;1H\x1b[0m日本 2');
  });
});
