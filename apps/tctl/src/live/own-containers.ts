import { Container, type ContainerEvent, type ContainerInfo } from '@tc/core';

/** Where an event is missed; and as long as a container is not in the list that its cgroup is there of. */
const readAgainMs = 2000;

/** Looking one up takes a millisecond among a thousand, all of them 50. */
const mostAlone = 20;

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
  /** To whom something has happened since they were read. */
  #changed = new Set<string>();
  #areOld = true;
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
    if (
      this.#areOld ||
      this.#changed.size > mostAlone ||
      (now - this.#readAtMs > readAgainMs && missing(this.#byId))
    ) {
      this.#areOld = false; // before they are read: what happens meanwhile counts
      this.#changed = new Set();
      this.#readAtMs = now;
      this.#byId = new Map((await Container.list()).map((info) => [info.id, info]));
    } else if (this.#changed.size > 0) {
      const changed = this.#changed;
      this.#changed = new Set();
      const infos = await Promise.all([...changed].map(async (id) => [id, await lookUp(id)] as const));
      const byId = new Map(this.#byId);
      for (const [id, info] of infos) {
        if (info === undefined) byId.delete(id);
        else byId.set(id, info);
      }
      this.#byId = byId;
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
        this.#changed.add(event.id);
        this.#onEvent(event);
      }
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#onProblem(error);
    }
  }
}

async function lookUp(id: string): Promise<ContainerInfo | undefined> {
  try {
    const container = await Container.get(id);
    // A name, or the beginning of an id, would do as well.
    return container.id === id ? await container.inspect() : undefined;
  } catch (error) {
    const { code } = error as { code?: unknown };
    if (code === 'CONTAINER_NOT_FOUND' || code === 'CONTAINER_AMBIGUOUS' || code === 'CONFIG_VERSION')
      return undefined;
    throw error;
  }
}
