/** The files of an OCI container's cgroups: what a kernel or a hierarchy lacks is undefined. */
import { join } from 'node:path';
import { parseCounter, parseFlatKeyed, readOptional } from '@tc/linux';
import type { OciCgroups } from './cgroups.ts';

export class CgroupFiles {
  readonly #cgroups: OciCgroups;

  constructor(cgroups: OciCgroups) {
    this.#cgroups = cgroups;
  }

  /** Whether the controllers are those of version 1. */
  get isV1(): boolean {
    return Object.keys(this.#cgroups.v1).length > 0;
  }

  /** @param file such as `memory.max`: the controller is the first part of its name */
  path(file: string, controller = file.split('.')[0] ?? ''): string | undefined {
    const directory = this.isV1 ? this.#cgroups.v1[controller] : this.#cgroups.v2;
    return directory === undefined ? undefined : join(directory, file);
  }

  text(file: string): string | undefined {
    const path = this.path(file);
    return path === undefined ? undefined : readOptional(path);
  }

  counter(file: string): bigint | undefined {
    const text = this.text(file);
    return text === undefined ? undefined : parseCounter(text);
  }

  keyed(file: string): ReadonlyMap<string, bigint> {
    const text = this.text(file);
    return text === undefined ? new Map() : parseFlatKeyed(text);
  }
}
