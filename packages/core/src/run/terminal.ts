import { ReadStream } from 'node:tty';
import { setTerminalSize } from '@tc/linux';
import type { TerminalSize } from './options.ts';
import { checkTerminalSize } from './resolve-terminal.ts';

/** A container's terminal, as whoever sits at it sees it: what is written is typed, what is read is shown. */
export class Terminal extends ReadStream {
  readonly #fd: number;
  #isOver = false;

  /** @param fd the master, which is this stream's from here on. */
  constructor(fd: number) {
    super(fd, { writable: true });
    this.#fd = fd;
    this.on('error', () => {}); // 'close' follows
  }

  /**
   * EIO is how a terminal says that nobody has it open any more, pty(7). To a reader that is its end, after all that
   * came before.
   */
  override destroy(error?: Error): this {
    const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
    if (code !== 'EIO' || this.#isOver) return super.destroy(error);
    if (syscall !== 'read') return this; // the read that says so comes, too
    this.#isOver = true;
    this.once('end', () => super.destroy());
    this.push(null);
    return this;
  }

  /** Tells the programs inside (SIGWINCH). @throws TcError INVALID_OPTION */
  resize(size: TerminalSize): void {
    const checked = checkTerminalSize(size);
    if (!this.destroyed) setTerminalSize(this.#fd, checked);
  }
}
