import type { Frame } from '@tc/monitor';
import type { Source, Update } from '../source/source.ts';
import { DemoActions } from './demo-actions.ts';
import { DemoDetails } from './demo-details.ts';
import { World } from './world.ts';

export interface DemoOptions {
  readonly seed: number;
  readonly count: number;
  /** Time stands still: for pictures, and tests of them. */
  readonly isStill: boolean;
}

/** What a picture shows is always the same. */
const stillTime = new Date('2026-01-15T14:22:07');
/** So many seconds have already been when somebody looks. */
const secondsBefore = { few: 600, many: 70 };
const few = 100;

/** Made-up containers: no root, no cgroups, and nothing that could break. */
export class DemoSource implements Source {
  readonly label = 'demo';
  readonly world: World;
  readonly details: DemoDetails;
  readonly actions: DemoActions;
  readonly #isStill: boolean;
  readonly #secondsBefore: number;
  #timer: NodeJS.Timeout | undefined;

  constructor({ seed, count, isStill }: DemoOptions) {
    this.#isStill = isStill;
    this.#secondsBefore = count <= few ? secondsBefore.few : secondsBefore.many;
    const now = isStill ? stillTime : new Date();
    this.world = new World(seed, count, new Date(now.getTime() - this.#secondsBefore * 1000));
    this.details = new DemoDetails(this.world, isStill);
    this.actions = new DemoActions(this.world);
  }

  open(onUpdate: (update: Update) => void): void {
    const past: Frame[] = [];
    for (let second = 1; second < this.#secondsBefore; second += 1) past.push(this.world.step());
    onUpdate(this.world.update(this.world.step(), past));
    this.#timer = setInterval(() => {
      if (!this.#isStill) onUpdate(this.world.update(this.world.step()));
      // What an action has changed is to be seen, too.
      else onUpdate({ ...this.world.update(this.world.frame()), isSameFrame: true });
    }, 1000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
  }
}
