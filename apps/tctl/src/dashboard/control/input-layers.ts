import type { InputEvent } from '../terminal/events.ts';

/** @returns whether it was meant for it, and nobody else gets it */
export type InputHandler = (event: InputEvent) => boolean;

/** Dialogs lie above each other: what is typed goes to the uppermost first. */
export class InputLayers {
  readonly #layers: InputHandler[] = [];

  /** @returns takes it away again */
  push(handler: InputHandler): () => void {
    this.#layers.push(handler);
    return () => {
      const at = this.#layers.lastIndexOf(handler);
      if (at !== -1) this.#layers.splice(at, 1);
    };
  }

  handle(event: InputEvent): boolean {
    return this.#layers.toReversed().some((layer) => layer(event));
  }
}
