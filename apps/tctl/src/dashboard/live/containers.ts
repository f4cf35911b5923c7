import type { ContainerEvent } from '@tc/core';
import { OwnContainers } from '../../live/own-containers.ts';
import type { ContainerFacts, Mark } from '../source/source.ts';
import { toFacts } from './to-facts.ts';

/** A burst of events is looked at once. */
const calmMs = 60;
/** Where an event is missed, or its container vanishes without one. */
const atLeastEveryMs = 15_000;

/** What is known of this user's containers, and what happens to them, told as soon as it is known. */
export class Containers implements AsyncDisposable {
  readonly #onChange: () => void;
  readonly #onProblem: (error: unknown) => void;
  readonly #own: OwnContainers;
  #facts: readonly ContainerFacts[] = [];
  #marks: Mark[] = [];
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  #allReadAtMs = 0;

  constructor(onChange: () => void, onProblem: (error: unknown) => void) {
    this.#onChange = onChange;
    this.#onProblem = onProblem;
    this.#own = new OwnContainers((event) => this.#note(event), onProblem);
  }

  get facts(): readonly ContainerFacts[] {
    return this.#facts;
  }

  /** Those since the last call. */
  takeMarks(): readonly Mark[] {
    const marks = this.#marks;
    this.#marks = [];
    return marks;
  }

  /** Reads the list, and from then on again when something has happened. */
  async open(): Promise<void> {
    await this.#read(true);
  }

  #note(event: ContainerEvent): void {
    const mark = markOf(event);
    if (mark !== undefined) this.#marks.push(mark);
    this.#readSoon(calmMs, false);
  }

  #readSoon(milliseconds: number, all: boolean): void {
    clearTimeout(this.#timer);
    if (this.#isOver) return;
    this.#timer = setTimeout(() => void this.#read(all), milliseconds);
  }

  /** @param all and not only those that something has happened to, which is enough for a while */
  async #read(all: boolean): Promise<void> {
    try {
      const isOld = performance.now() - this.#allReadAtMs > atLeastEveryMs;
      if (all || isOld) this.#allReadAtMs = performance.now();
      const known = await this.#own.list(() => all || isOld);
      this.#facts = [...known.values()].map(toFacts);
      this.#onChange();
    } catch (error) {
      this.#onProblem(error);
    }
    this.#readSoon(atLeastEveryMs, true);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    clearTimeout(this.#timer);
    await this.#own[Symbol.asyncDispose]();
  }
}

const kinds: Partial<Record<ContainerEvent['kind'], Mark['kind']>> = {
  oom: 'oom',
  start: 'start',
  exit: 'end',
  update: 'limits',
  'pids-max': 'other',
};

function markOf({ kind, time, id, exitCode, signal }: ContainerEvent): Mark | undefined {
  const known = kinds[kind];
  if (known === undefined) return undefined;
  const text = kind === 'exit' ? `ended: ${signal ?? exitCode ?? 'lost'}` : texts[kind];
  return { time, key: id, kind: known, text: text ?? kind };
}

const texts: Partial<Record<ContainerEvent['kind'], string>> = {
  oom: 'out of memory',
  start: 'started',
  update: 'limits changed',
  'pids-max': 'no more processes allowed',
};
