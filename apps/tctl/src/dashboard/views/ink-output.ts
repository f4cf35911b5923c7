import { EventEmitter } from 'node:events';
import type { Size } from '../model/layout.ts';

/**
 * The stdout that Ink gets: it keeps the newest frame. Ink's own writing waits for its frame rate, and clears the
 * screen where a frame is as high as that; with `debug` it hands over each frame as it is, at once.
 */
export class InkOutput extends EventEmitter {
  readonly isTTY = true;
  readonly writable = true;
  readonly #onFrame: () => void;
  #size: Size;
  frame: readonly string[] = [];

  constructor(size: Size, onFrame: () => void) {
    super();
    this.#size = size;
    this.#onFrame = onFrame;
  }

  get columns(): number {
    return this.#size.columns;
  }

  get rows(): number {
    return this.#size.rows;
  }

  resize(size: Size): void {
    this.#size = size;
    this.emit('resize');
  }

  write(text: string): boolean {
    this.frame = text.split('\n');
    this.#onFrame();
    return true;
  }
}
