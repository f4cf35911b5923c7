/** Names that people gave to containers, from the state of their runtimes, where this process may read it. */
import { readFile, stat } from 'node:fs/promises';
import type { Cgroup } from './cgroup.ts';

const largestBytes = 4 * 2 ** 20;

/** Where runtimes keep it by default. */
export interface RuntimeDirectories {
  readonly docker: string;
  readonly podman: string;
}
const defaults: RuntimeDirectories = {
  docker: '/var/lib/docker/containers',
  podman: '/var/lib/containers/storage/overlay-containers',
};

/** Looks a name up once for each container, while nobody waits for it. */
export class RuntimeNames {
  readonly #directories: RuntimeDirectories;
  readonly #onName: (path: string) => void;
  readonly #names = new Map<string, string | undefined>();

  constructor(onName: (path: string) => void, directories = defaults) {
    this.#onName = onName;
    this.#directories = directories;
  }

  /** Its name as far as it is known by now; where it becomes known later, `onName` is called. */
  of({ path, kind, id }: Cgroup): string | undefined {
    if (id === undefined || (kind !== 'docker' && kind !== 'podman')) return undefined;
    if (!this.#names.has(path)) {
      this.#names.set(path, undefined);
      void this.#find(path, kind, id);
    }
    return this.#names.get(path);
  }

  forget(path: string): void {
    this.#names.delete(path);
  }

  async #find(path: string, kind: 'docker' | 'podman', id: string): Promise<void> {
    const name =
      kind === 'docker'
        ? dockerName(await readSmall(`${this.#directories.docker}/${id}/config.v2.json`))
        : podmanName(await readSmall(`${this.#directories.podman}/containers.json`), id);
    if (name === undefined || !this.#names.has(path)) return;
    this.#names.set(path, name);
    this.#onName(path);
  }
}

async function readSmall(path: string): Promise<string | undefined> {
  try {
    if ((await stat(path)).size > largestBytes) return undefined;
    return await readFile(path, 'utf8');
  } catch {
    return undefined; // not there, or not ours to read
  }
}

/** `Name` of docker's config.v2.json is `/web`. */
export function dockerName(json: string | undefined): string | undefined {
  const { Name: name } = (parse(json) ?? {}) as { Name?: unknown };
  return typeof name === 'string' && name.length > 1 ? name.replace(/^\//, '') : undefined;
}

/** containers/storage keeps one list for all: `[{ "id": "...", "names": ["web"] }]`. */
export function podmanName(json: string | undefined, id: string): string | undefined {
  const list = parse(json);
  if (!Array.isArray(list)) return undefined;
  const entry = list.find((each: { id?: unknown } | null) => each?.id === id) as { names?: unknown };
  const [name] = Array.isArray(entry?.names) ? entry.names : [];
  return typeof name === 'string' && name !== '' ? name : undefined;
}

function parse(json: string | undefined): unknown {
  try {
    return json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined;
  }
}
