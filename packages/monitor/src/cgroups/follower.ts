import { type FSWatcher, watch } from 'node:fs';
import { type MessagePort, threadId } from 'node:worker_threads';
import { SamplerControl } from '../sampling/control.ts';
import type { Hierarchy } from './hierarchies.ts';
import { identify, isContainerKind } from './identify.ts';
import { type FoundCgroup, walk } from './walk.ts';

export interface FollowerTask {
  readonly port: MessagePort;
  readonly hierarchies: readonly Hierarchy[];
  /** All is walked this often, for what inotify did not say. */
  readonly rescanMs: number;
  /** The same where directories can't be watched. */
  readonly pollMs: number;
  /** How many directories may be watched. */
  readonly maxWatches: number;
  /** Says when it walks. */
  readonly control: SharedArrayBuffer;
}

export type FromFollower =
  | { readonly type: 'hello'; readonly threadId: number }
  /** A cgroup that was replaced by another one of its name is in both. The first message has all. */
  | { readonly type: 'changes'; readonly removed: readonly string[]; readonly added: readonly FoundCgroup[] };

/** The task of the thread that knows which cgroups there are: it ends when its port gets a message. */
export function follow(task: FollowerTask): Promise<void> {
  return new Promise((resolve) => new Follower(task, resolve).start());
}

/** Several changes in a row, such as one directory in each hierarchy, are one. */
const settleMs = 20;

/**
 * Follows the hierarchies with inotify(7), which kernfs supports for directories made and removed. Of the hierarchies
 * only cgroup2 and memory are watched, as runtimes make a container in all of them, and nothing below a container; a
 * slow walk sees the rest.
 */
class Follower {
  readonly #task: FollowerTask;
  readonly #onEnd: () => void;
  readonly #control: SamplerControl;
  readonly #leading: readonly Hierarchy[];
  readonly #watchers = new Map<string, FSWatcher[]>();
  #watchCount = 0;
  #known = new Map<string, FoundCgroup>();
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Number.POSITIVE_INFINITY;
  #lastCostMs = 0;
  #isBlind = false;

  constructor(task: FollowerTask, onEnd: () => void) {
    this.#task = task;
    this.#onEnd = onEnd;
    this.#control = new SamplerControl(task.control);
    const leading = task.hierarchies.filter(({ keys }) =>
      keys.some((key) => key === 'v2' || key === 'memory'),
    );
    this.#leading = leading.length > 0 ? leading : task.hierarchies.slice(0, 1);
  }

  start(): void {
    this.#task.port.postMessage({ type: 'hello', threadId } satisfies FromFollower);
    this.#task.port.once('message', () => this.#stop());
    this.#watch('');
    this.#scan(true);
  }

  #scan(isFirst = false): void {
    const began = performance.now();
    this.#timerAt = Number.POSITIVE_INFINITY;
    this.#control.begin(0, 0);
    const now = walk(this.#task.hierarchies);
    this.#control.end();
    const changed = (path: string, { identity }: FoundCgroup, others: ReadonlyMap<string, FoundCgroup>) =>
      others.get(path)?.identity !== identity;
    const removed = [...this.#known].filter(([path, each]) => changed(path, each, now)).map(([path]) => path);
    const added = [...now].filter(([path, each]) => changed(path, each, this.#known)).map(([, each]) => each);
    const before = this.#known;
    this.#known = now;
    for (const path of removed) if (!now.has(path)) this.#unwatch(path);
    let isNew = false;
    for (const { path } of added) if (!before.has(path) && this.#watch(path)) isNew = true;
    if (isFirst || removed.length + added.length > 0)
      this.#task.port.postMessage({ type: 'changes', removed, added } satisfies FromFollower);
    this.#lastCostMs = performance.now() - began;
    // What was made in a directory before it was watched is seen by another look.
    this.#scanIn(this.#isBlind ? this.#task.pollMs : this.#task.rescanMs);
    if (isNew) this.#scanSoon();
  }

  /** Soon, or at most for a tenth of the time where walks take long. */
  #scanSoon(): void {
    this.#scanIn(Math.max(settleMs, this.#lastCostMs * 10));
  }

  #scanIn(ms: number): void {
    const at = performance.now() + ms;
    if (at >= this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => this.#scan(), ms);
  }

  /** @returns whether it is watched from now on */
  #watch(path: string): boolean {
    if (this.#isBlind || isContainerKind(identify(path).kind)) return false;
    const directories = this.#leading
      .map(({ mountPoint, keys }) => {
        if (path === '') return mountPoint;
        return this.#known.get(path)?.directories[keys[0] ?? ''];
      })
      .filter((directory) => directory !== undefined);
    this.#watchers.set(path, []);
    for (const directory of directories) this.#watchDirectory(path, directory);
    return directories.length > 0;
  }

  #watchDirectory(path: string, directory: string): void {
    if (this.#isBlind) return;
    this.#watchCount += 1;
    if (this.#watchCount > this.#task.maxWatches) {
      this.#isBlind = true;
      return;
    }
    try {
      const watcher = watch(directory, (event) => {
        if (event === 'rename') this.#scanSoon(); // 'change' is a file that was written to
      });
      watcher.on('error', () => watcher.close());
      this.#watchers.get(path)?.push(watcher);
    } catch (error) {
      // ENOSPC: fs.inotify.max_user_watches; EMFILE: fs.inotify.max_user_instances.
      const { code } = error as NodeJS.ErrnoException;
      if (code !== 'ENOENT' && code !== 'EACCES') this.#isBlind = true;
    }
  }

  #unwatch(path: string): void {
    const watchers = this.#watchers.get(path) ?? [];
    for (const watcher of watchers) watcher.close();
    this.#watchCount -= watchers.length;
    this.#watchers.delete(path);
  }

  #stop(): void {
    clearTimeout(this.#timer);
    for (const path of [...this.#watchers.keys()]) this.#unwatch(path);
    this.#task.port.close();
    this.#onEnd();
  }
}
