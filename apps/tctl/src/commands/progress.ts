/** How far a download is: bars on a terminal, a line for each step elsewhere. Written to a descriptor, as all else is. */
import { isatty } from 'node:tty';
import { ownSize } from '@tc/core/terminal';
import { writeError, writeOut } from '../cli/output.ts';

export interface ProgressStep {
  readonly digest: string;
  readonly phase: string;
  readonly bytes?: number;
  readonly totalBytes: number;
}

export interface Progress extends Disposable {
  readonly step: (step: ProgressStep) => void;
}

const barColumns = 24;
/** More would only flicker. */
const intervalMs = 80;

/** Shows how far something is, unless it is to be quiet; what is written afterwards comes below that. */
export async function withProgress<T>(
  isQuiet: boolean,
  act: (onProgress: ((step: ProgressStep) => void) | undefined) => Promise<T>,
): Promise<T> {
  if (isQuiet) return act(undefined);
  using progress = progressOf(2);
  return await act(progress.step);
}

/** @param fd 1 or 2 */
export function progressOf(fd: 1 | 2): Progress {
  const write = fd === 1 ? writeOut : writeError;
  return isatty(fd) ? new Bars(write) : new Lines(write);
}

const shortId = (digest: string): string => digest.slice('sha256:'.length, 'sha256:'.length + 12);

class Lines implements Progress {
  readonly #write: (text: string) => void;
  readonly #phases = new Map<string, string>();

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly step = ({ digest, phase, totalBytes }: ProgressStep): void => {
    if (phase === 'waiting' || this.#phases.get(digest) === phase) return;
    // Layers are unpacked while others are downloaded: the phase of each is told once.
    this.#phases.set(digest, phase);
    this.#write(
      `${shortId(digest)}: ${phase}${phase === 'downloading' ? ` ${megabytes(totalBytes)}` : ''}\n`,
    );
  };

  [Symbol.dispose](): void {}
}

class Bars implements Progress {
  readonly #write: (text: string) => void;
  readonly #steps = new Map<string, ProgressStep>();
  #drawn = 0;
  #at = 0;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  readonly step = (step: ProgressStep): void => {
    const begins = step.phase !== 'waiting' && this.#steps.get(step.digest)?.phase !== step.phase;
    this.#steps.set(step.digest, step);
    const now = performance.now();
    if (!begins && now - this.#at < intervalMs) return;
    this.#at = now;
    this.#draw();
  };

  #draw(): void {
    const { columns = 80, rows = 24 } = ownSize() ?? {};
    // Lines that have left the screen can't be drawn again.
    const lines = [...this.#steps.values()]
      .slice(-(rows - 1))
      .map((step) => barLine(step).slice(0, columns - 1));
    const up = this.#drawn > 0 ? `\x1b[${this.#drawn}A` : '';
    this.#write(`${up}${lines.map((line) => `\r\x1b[K${line}\n`).join('')}`);
    this.#drawn = lines.length;
  }

  [Symbol.dispose](): void {
    if (this.#steps.size > 0) this.#draw();
  }
}

export function barLine({ digest, phase, bytes = 0, totalBytes }: ProgressStep): string {
  const share = totalBytes === 0 ? 1 : Math.min(1, bytes / totalBytes);
  const filled = Math.round(share * barColumns);
  const isMoving = phase === 'downloading' || phase === 'unpacking';
  const bar = isMoving
    ? ` [${'='.repeat(filled)}${' '.repeat(barColumns - filled)}] ${megabytes(bytes)}/${megabytes(totalBytes)}`
    : '';
  return `${shortId(digest)}: ${phase.padEnd(11)}${bar}`;
}

/** Powers of 1000, as disks and networks count. */
export function megabytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1000 && unit < units.length - 1) [value, unit] = [value / 1000, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)}${units[unit]}`;
}
