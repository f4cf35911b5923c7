/** A timer that is to take longer fires at once: https://nodejs.org/api/timers.html */
const longestTimerMs = 2 ** 31 - 1;

/** Lets frames pass at a speed, or one by one. */
export class Pacer {
  isPlaying = true;
  speed = 1;
  readonly #onChange: () => void;
  #passes = 0;
  #wake: () => void = () => {};

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  toggle(): void {
    this.isPlaying = !this.isPlaying;
    this.#changed();
  }

  stop(): void {
    if (!this.isPlaying) return;
    this.isPlaying = false;
    this.#changed();
  }

  setSpeed(factor: number): void {
    this.speed = factor;
    this.#changed();
  }

  /** So many frames, while it stands still. */
  letPass(frames: number): void {
    this.#passes += frames;
    this.#wake();
  }

  /** Of those that there were to pass, none came any more. */
  forgetPasses(): void {
    this.#passes = 0;
  }

  #changed(): void {
    this.#wake();
    this.#onChange();
  }

  /** Until what took so long when it was recorded is over at this speed; for ever while it stands still. */
  async wait(recordedMs: number, signal: AbortSignal): Promise<void> {
    let left = Math.max(0, recordedMs);
    while (!signal.aborted) {
      if (this.#passes > 0) {
        this.#passes -= 1;
        return;
      }
      if (this.isPlaying && left <= 0) return;
      const begin = performance.now();
      const speed = this.isPlaying ? this.speed : 0;
      await this.#sleep(this.isPlaying ? Math.min(left / this.speed, longestTimerMs) : undefined, signal);
      left -= (performance.now() - begin) * speed;
    }
  }

  /** Or until something changes. */
  #sleep(milliseconds: number | undefined, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      let timer: NodeJS.Timeout | undefined;
      const wake = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', wake);
        this.#wake = () => {};
        resolve();
      };
      if (milliseconds !== undefined) timer = setTimeout(wake, milliseconds);
      signal.addEventListener('abort', wake, { once: true });
      this.#wake = wake;
    });
  }
}
