import { mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { readCgroupHost } from '@tc/linux';

/** Empty cgroups in all hierarchies, as many as are asked for, by the names of tctl's containers. */
export class Cgroups {
  readonly #mountPoints: readonly string[];
  readonly #made: string[] = [];

  constructor() {
    const { v1, v2 } = readCgroupHost();
    const points = [v2, ...['memory', 'pids', 'cpu', 'cpuacct', 'blkio'].map((name) => v1.get(name))];
    this.#mountPoints = [...new Set(points.flatMap((mount) => mount?.mountPoint ?? []))];
  }

  /** Makes or removes some, so that there are `count`. @returns their paths */
  resize(count: number): string[] {
    while (this.#made.length < count) {
      const name = `tctl-bench-${process.pid}-${this.#made.length}`;
      for (const point of this.#mountPoints) mkdirSync(join(point, name));
      this.#made.push(name);
    }
    while (this.#made.length > count) {
      const name = this.#made.pop() as string;
      for (const point of this.#mountPoints) rmdirSync(join(point, name));
    }
    return this.#made.map((name) => `/${name}`);
  }
}
