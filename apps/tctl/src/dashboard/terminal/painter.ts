import { setTimeout as sleep } from 'node:timers/promises';
import { changedCells } from './row-cells.ts';
import { sequences } from './sequences.ts';

export interface PaintTarget {
  /** Settles when the terminal has taken it. */
  write(bytes: Uint8Array): Promise<void>;
}

const longestWaitMs = 500;

/**
 * Brings the screen to what it should show, by writing what differs and nothing else. While the terminal has
 * not taken what was written (a slow line, Ctrl-S), frames are dropped instead of queued: what follows is the newest.
 */
export class Painter {
  readonly #target: PaintTarget;
  readonly #compose: () => readonly string[];
  #shown: readonly string[] = [];
  #mustClear = false;
  #said = '';
  #isScheduled = false;
  #isWriting = false;
  #writing: Promise<void> = Promise.resolve();
  #isPaused = false;
  bytesWritten = 0;

  /** @param compose the rows as they should be, each as wide as the screen; called right before they are written */
  constructor(target: PaintTarget, compose: () => readonly string[]) {
    this.#target = target;
    this.#compose = compose;
  }

  /** Soon, and once for everything that happens till then. */
  schedule(): void {
    if (this.#isScheduled || this.#isPaused) return;
    this.#isScheduled = true;
    if (!this.#isWriting) setImmediate(() => this.#paint());
  }

  /** Something that is no part of a frame: between two, and never in the middle of one. */
  say(sequence: string): void {
    this.#said += sequence;
    this.schedule();
  }

  /** Forgets what is on the screen: it has another size, or others have written to it. */
  redraw(): void {
    this.#shown = [];
    this.#mustClear = true;
    this.schedule();
  }

  /**
   * Writes no more. Settles when the terminal has taken what was written: what else goes to it would land in the middle
   * of that. One that takes nothing (Ctrl-S) is not waited for.
   */
  async pause(): Promise<void> {
    this.#isPaused = true;
    await Promise.race([this.#writing, sleep(longestWaitMs, undefined, { ref: false })]);
  }

  resume(): void {
    this.#isPaused = false;
    this.redraw();
  }

  #paint(): void {
    this.#isScheduled = false;
    if (this.#isPaused) return;
    const next = this.#compose();
    const changes = changedRows(this.#shown, next);
    if (changes === '' && this.#said === '' && !this.#mustClear) return;
    const bytes = Buffer.from(
      sequences.begin + (this.#mustClear ? sequences.clear : '') + changes + sequences.end + this.#said,
    );
    this.#shown = next;
    this.#said = '';
    this.#mustClear = false;
    this.#isWriting = true;
    this.bytesWritten += bytes.length;
    const written = () => {
      this.#isWriting = false;
      if (!this.#isScheduled) return;
      this.#isScheduled = false;
      this.schedule();
    };
    this.#writing = this.#target.write(bytes).then(written, written);
  }
}

export function changedRows(shown: readonly string[], next: readonly string[]): string {
  let changes = '';
  for (const [row, line] of next.entries()) {
    const before = shown[row];
    if (line === before) continue;
    const cells = before === undefined ? undefined : changedCells(row, before, line);
    changes += cells ?? sequences.row(row) + sequences.reset + line;
  }
  for (let row = next.length; row < shown.length; row += 1)
    changes += sequences.row(row) + sequences.reset + sequences.eraseToEnd;
  return changes;
}
