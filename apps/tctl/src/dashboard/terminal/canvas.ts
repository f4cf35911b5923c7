import { cut, widthOf } from '../../cli/width.ts';

/**
 * Rows that are too many and change too often to go through Ink's layout: a component asks Ink only for their place,
 * by printing one character of Unicode's private plane 15 in each. Before a frame is written, these are replaced.
 */
const firstCode = 0xf0000;
const mostRows = 512;
const mostCanvases = 64;

export class Canvases {
  readonly #draws: (() => readonly string[])[] = [];
  /** What they have drawn for this frame. */
  #drawn: (readonly string[])[] = [];
  readonly #free: number[] = [];

  /** A number of its own for a canvas. */
  claim(): number {
    const id = this.#free.pop() ?? this.#draws.length;
    if (id >= mostCanvases) throw new Error('too many canvases');
    this.set(id, () => []);
    return id;
  }

  release(id: number): void {
    this.set(id, () => []);
    this.#free.push(id);
  }

  set(id: number, draw: () => readonly string[]): void {
    this.#draws[id] = draw;
    this.#drawn = [];
  }

  /** Another frame begins: all of them are drawn anew, once, when a row of theirs is needed. */
  begin(): void {
    this.#drawn = [];
  }

  /** What Ink prints in its place. */
  marks(id: number, height: number): string {
    const marks: string[] = [];
    for (let row = 0; row < Math.min(height, mostRows); row += 1)
      marks.push(String.fromCodePoint(firstCode + id * mostRows + row));
    return marks.join('\n');
  }

  /** A row of Ink's frame, with what belongs there. Dialogs lie above a canvas: that is dimmed beside them. */
  resolve(line: string, width: number): string {
    const code = line.codePointAt(0) ?? 0;
    if (code < firstCode || code >= firstCode + mostCanvases * mostRows) return filled(line, width);
    const index = code - firstCode;
    const own = this.#lines(Math.floor(index / mostRows))[index % mostRows] ?? ' '.repeat(width);
    const rest = line.slice(2).trimEnd();
    if (rest === '') return own;
    const plainRest = withoutStyles(rest);
    const begin = 1 + (plainRest.length - plainRest.trimStart().length);
    const end = 1 + widthOf(plainRest);
    const below = withoutStyles(own);
    const leftPart = filled(cut(below, begin), begin);
    const behind = below.slice(cut(below, end).length);
    const rightPart = filled(cut(behind, width - end), width - end);
    return `\x1b[2m${leftPart}\x1b[22m${withoutIndent(rest)}\x1b[0m\x1b[2m${rightPart}\x1b[22m`;
  }

  #lines(id: number): readonly string[] {
    let lines = this.#drawn[id];
    if (lines === undefined) {
      lines = this.#draws[id]?.() ?? [];
      this.#drawn[id] = lines;
    }
    return lines;
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
const styles = /\x1b\[[\d;]*m/g;

export function withoutStyles(line: string): string {
  return line.replace(styles, '');
}

/** The spaces before a dialog, which may come after escape sequences. */
function withoutIndent(line: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
  return line.replace(/^((?:\x1b\[[\d;]*m)*) +/, '$1');
}

function filled(line: string, width: number): string {
  return line + ' '.repeat(Math.max(0, width - widthOf(withoutStyles(line))));
}
