import { printable } from '../../cli/printable.ts';
import type { LogLine } from '../source/source.ts';

const mostLines = 20_000;
/** One line must not fill the memory, nor take long to draw. */
const longestLine = 4096;

export interface ShownLine {
  readonly time: string;
  readonly isError: boolean;
  readonly text: string;
}

/** The last lines of a log, as they can be shown: nothing in them moves the cursor. */
export class LogBuffer {
  #lines: ShownLine[] = [];

  get lines(): readonly ShownLine[] {
    return this.#lines;
  }

  clear(): void {
    this.#lines = [];
  }

  append(lines: readonly LogLine[]): void {
    for (const { time, stream, text } of lines)
      this.#lines.push({
        time: time === undefined ? '' : time.toTimeString().slice(0, 8),
        isError: stream === 'stderr',
        text: printable(withoutColours(text.slice(0, longestLine)).replaceAll('\t', '  ')),
      });
    if (this.#lines.length > mostLines) this.#lines = this.#lines.slice(-mostLines);
  }

  /**
   * Where the next line that contains a text is, from the end; 0 is the last line. Without one, round the end.
   * @param direction 1 to what is older
   */
  find(text: string, from: number, direction: 1 | -1): number | undefined {
    const count = this.#lines.length;
    const wanted = text.toLowerCase();
    if (wanted === '') return undefined;
    for (let distance = 1; distance <= count; distance += 1) {
      const at = (((from + direction * distance) % count) + count) % count;
      if (this.#lines[count - 1 - at]?.text.toLowerCase().includes(wanted)) return at;
    }
    return undefined;
  }
}

function withoutColours(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence starts with one
  return text.replace(/\x1b\[[\d;:]*m/g, '');
}
