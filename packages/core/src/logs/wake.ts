/** Wakes one waiter; what was called meanwhile is not forgotten, and many calls are one. */
export class Wake {
  #called = false;
  #waiter: (() => void) | undefined;

  call(): void {
    this.#called = true;
    this.#waiter?.();
  }

  async wait(): Promise<void> {
    if (!this.#called) {
      await new Promise<void>((resolve) => {
        this.#waiter = resolve;
      });
    }
    this.#called = false;
    this.#waiter = undefined;
  }
}
