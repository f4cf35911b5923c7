import type { LimitUpdate } from '@tc/core';

/** What can be done with a container. Each rejects with a TcError where it can't. */
export interface Actions {
  kill(id: string, signal: NodeJS.Signals): Promise<void>;
  stop(id: string): Promise<void>;
  start(id: string): Promise<void>;
  restart(id: string): Promise<void>;
  pause(id: string): Promise<void>;
  resume(id: string): Promise<void>;
  remove(id: string, options: { readonly force: boolean }): Promise<void>;
  rename(id: string, name: string): Promise<void>;
  update(id: string, limits: LimitUpdate): Promise<void>;
  /**
   * @param onProgress what takes long: an image that is pulled
   * @returns its id
   */
  spawn(request: SpawnRequest, onProgress?: (text: string) => void): Promise<string>;
  /** What the last that was spawned was made from. */
  lastSpawn(): SpawnRequest | undefined;
  /**
   * Runs a shell in it with the terminal, which is ours again when this settles. The dashboard has stepped aside.
   * @returns its exit code
   */
  shell(id: string): Promise<number>;
  /** The same with the terminal of its first process. */
  attach(id: string): Promise<number>;
  /** For the spawn dialog: names of images. */
  images(): Promise<readonly string[]>;
  /** The words of the `tctl run` that makes one like it. */
  runWords(id: string): Promise<readonly string[]>;
}

/** As the fields of the spawn dialog, and the options of `tctl run`. Empty strings are not said. */
export interface SpawnRequest {
  /** Exactly one of these two. */
  readonly image: string;
  readonly rootfs: string;
  readonly command: readonly string[];
  readonly name: string;
  readonly memory: string;
  readonly pids: string;
  readonly cpus: string;
  readonly mounts: readonly string[];
  readonly env: readonly string[];
  readonly network: string;
  /** A terminal of its own: for shells, and for all that one wants to sit down at. */
  readonly tty: boolean;
}
