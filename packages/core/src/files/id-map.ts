/** The ids of a user namespace: /proc/PID/uid_map, user_namespaces(7). Pure. */
import { TcError } from '@tc/linux';

interface Range {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** What shows where an id has none on the other side: /proc/sys/kernel/overflowuid. */
const overflowId = 65534;

export class IdMap {
  readonly #ranges: readonly Range[];

  /** @param text of uid_map or gid_map; undefined: without a user namespace, all ids are what they are */
  constructor(text: string | undefined) {
    const lines = text?.split('\n').filter((line) => line.trim() !== '') ?? [`0 0 ${2 ** 32}`];
    this.#ranges = lines.map((line) => {
      const [inside = 0, outside = 0, count = 0] = line.trim().split(/\s+/).map(Number);
      return { inside, outside, count };
    });
  }

  /** What an id inside is outside; undefined where it is none. */
  find(id: number): number | undefined {
    const range = this.#ranges.find(({ inside, count }) => id >= inside && id < inside + count);
    return range && range.outside + id - range.inside;
  }

  /** @throws TcError ID_NOT_MAPPED */
  outside(id: number, operation: string): number {
    const found = this.find(id);
    if (found !== undefined) return found;
    throw new TcError(`the container has no id ${id}`, {
      code: 'ID_NOT_MAPPED',
      operation,
      hint: 'Give an id that the user namespace of the container maps.',
    });
  }

  inside(id: number): number {
    const range = this.#ranges.find(({ outside, count }) => id >= outside && id < outside + count);
    return range === undefined ? overflowId : range.inside + id - range.outside;
  }
}

export interface IdMaps {
  readonly uids: IdMap;
  readonly gids: IdMap;
}
