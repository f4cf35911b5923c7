import { Container, type ContainerEvent, type ContainerInfo } from '@tc/core';

/** Where an event is missed; and as long as a container is not in the list that its cgroup is there of. */
const readAgainMs = 2000;

/**
 * The containers of this user, by id: read when something has happened to one, and not with every frame. What happened
 * is told, too.
 */
export class OwnContainers implements AsyncDisposable {
  readonly #stop = new AbortController();
  readonly #onEvent: (event: ContainerEvent) => void;
  readonly #onProblem: (error: unknown) => void;
  readonly #following: Promise<void>;
  #byId: ReadonlyMap<string, ContainerInfo> = new Map();
  #isOld = true;
  #readAtMs = Number.NEGATIVE_INFINITY;

  /** @param onProblem where events can't be followed; then the list is read now and then */
  constructor(
    onEvent: (event: ContainerEvent) => void = () => {},
    onProblem: (error: unknown) => void = () => {},
  ) {
    this.#onEvent = onEvent;
    this.#onProblem = onProblem;
    this.#following = this.#follow();
  }

  /** @param missing that there is a container which the last list has not */
  async list(
    missing: (known: ReadonlyMap<string, ContainerInfo>) => boolean,
  ): Promise<ReadonlyMap<string, ContainerInfo>> {
    const now = performance.now();
    if (this.#isOld || (now - this.#readAtMs > readAgainMs && missing(this.#byId))) {
      this.#isOld = false; // before it is read: what happens meanwhile counts
      this.#readAtMs = now;
      this.#byId = new Map((await Container.list()).map((info) => [info.id, info]));
    }
    return this.#byId;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#following;
  }

  async #follow(): Promise<void> {
    try {
      for await (const event of Container.events({ signal: this.#stop.signal })) {
        this.#isOld = true;
        this.#onEvent(event);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#onProblem(error);
    }
  }
}
