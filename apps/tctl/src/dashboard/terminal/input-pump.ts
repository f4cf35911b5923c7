import type { InputEvent } from './events.ts';
import { InputParser } from './input-parser.ts';

/** How long a lone Escape waits for what would make it a sequence: longer than a slow line takes, and not to be noticed. */
const escapeMs = 30;

/** Bytes of the terminal to a handler of events, one after the other. */
export class InputPump {
  readonly #handle: (event: InputEvent) => void;
  readonly #parser = new InputParser();
  #timer: NodeJS.Timeout | undefined;
  #queue: Promise<void> = Promise.resolve();

  constructor(handle: (event: InputEvent) => void) {
    this.#handle = handle;
  }

  readonly push = (bytes: Uint8Array): void => {
    clearTimeout(this.#timer);
    this.#pass(this.#parser.push(bytes));
    if (this.#parser.isPending) this.#timer = setTimeout(() => this.#pass(this.#parser.flush()), escapeMs);
  };

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** React shows what one has changed before the next is looked at: its microtask is queued before ours. */
  #pass(events: readonly InputEvent[]): void {
    for (const event of events) this.#queue = this.#queue.then(() => this.#handle(event));
  }
}
