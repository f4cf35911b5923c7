import { ownSize } from '@tc/core/terminal';
import { writeOut } from '../cli/output.ts';
import { cut } from '../cli/width.ts';

/** Columns and rows of a terminal that does not tell. */
const usual = { columns: 80, rows: 24 };

export interface InPlace extends Disposable {
  /** Shows lines instead of those before; as many as fit, and no wider than the terminal. */
  show(lines: readonly string[]): void;
}

/** Text that is written over itself. The cursor is hidden, and is there again on each way out, and while we are stopped. */
export function inPlace(write: (text: string) => void = writeOut): InPlace {
  let isFirst = true;
  const hide = () => write('\u001b[?25l');
  const showCursor = () => write('\u001b[?25h');
  const stop = () => {
    showCursor();
    process.kill(process.pid, 'SIGSTOP');
  };
  const goOn = () => {
    isFirst = true; // the shell has written something since
    hide();
  };
  process.on('exit', showCursor);
  process.on('SIGTSTP', stop);
  process.on('SIGCONT', goOn);
  hide();
  return {
    show(lines) {
      const { columns, rows } = ownSize() ?? usual;
      const fitting = lines.slice(0, Math.max(1, rows - 1)).map((line) => cut(line, columns));
      const begin = isFirst ? '\u001b[2J\u001b[H' : '\u001b[H';
      isFirst = false;
      write(`${begin}${fitting.map((line) => `${line}\u001b[K\r\n`).join('')}\u001b[J`);
    },
    [Symbol.dispose]() {
      process.off('SIGCONT', goOn);
      process.off('SIGTSTP', stop);
      process.off('exit', showCursor);
      write('\r\u001b[K'); // the terminal has echoed ^C
      showCursor();
    },
  };
}
