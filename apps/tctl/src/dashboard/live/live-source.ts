import { type Frame, type Monitor, monitor } from '@tc/monitor';
import type { ContainerFacts, Source, Update } from '../source/source.ts';
import { Containers } from './containers.ts';
import { LiveActions } from './live-actions.ts';
import { LiveDetails } from './live-details.ts';

/** This machine. */
export class LiveSource implements Source {
  readonly label = '';
  readonly actions = new LiveActions();
  readonly details: LiveDetails;
  readonly #monitor: Monitor;
  #containers: Containers | undefined;
  #frame: Frame | undefined;
  readonly #placedFacts = new WeakMap<ContainerFacts, ContainerFacts>();
  #sampling: Promise<void> = Promise.resolve();

  constructor(interval: string) {
    this.#monitor = monitor({ interval });
    this.details = new LiveDetails(this.#monitor);
  }

  open(onUpdate: (update: Update) => void, onProblem: (error: unknown) => void): void {
    const tell = (isNewFrame: boolean) => {
      if (this.#frame !== undefined) onUpdate(this.#update(this.#frame, isNewFrame));
    };
    this.#containers = new Containers(() => tell(false), onProblem);
    // What the cgroups of the first frame are is known when it comes.
    this.#sampling = this.#containers
      .open()
      .then(() => this.#sample(() => tell(true)))
      .catch(onProblem);
  }

  async #sample(tell: () => void): Promise<void> {
    for await (const frame of this.#monitor) {
      this.#frame = frame;
      tell();
    }
  }

  #update(frame: Frame, isNewFrame: boolean): Update {
    const paths = new Map<string, string>();
    for (const { cgroup } of frame.cgroups)
      if (cgroup.kind === 'tctl' && cgroup.id !== undefined) paths.set(cgroup.id, cgroup.path);
    const containers = (this.#containers?.facts ?? []).map((facts) => this.#placed(facts, paths));
    this.details.know(paths);
    return { frame, containers, marks: this.#containers?.takeMarks() ?? [], isSameFrame: !isNewFrame };
  }

  /** The same object while its cgroup is the same: what is made of it is kept by it. */
  #placed(facts: ContainerFacts, paths: ReadonlyMap<string, string>): ContainerFacts {
    if (facts.state !== 'running' && facts.state !== 'paused') return facts;
    const cgroupPath = paths.get(facts.id);
    const known = this.#placedFacts.get(facts);
    if (known !== undefined && known.cgroupPath === cgroupPath) return known;
    const placed = { ...facts, cgroupPath };
    this.#placedFacts.set(facts, placed);
    return placed;
  }

  watch(paths: readonly string[]): void {
    this.#monitor.watch(paths);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#containers?.[Symbol.asyncDispose]();
    await this.#monitor.close();
    await this.#sampling;
  }
}
