import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { type BuiltTree, buildTree } from './build.ts';
import { type HostRecord, parseRecord } from './record.ts';
import type { Placed } from './tree.ts';

const stagingPrefix = '.staging-';
/** No build takes that long, so whoever made such a staging directory is dead. */
const stagingAgeMs = 3_600_000;
const recordSuffix = '.json';
const recordAgeMs = 30 * 24 * 3_600_000;

/**
 * `<dataDir>/images/host`: trees as `<sha256 in hex>/rootfs`, what is known of the host as
 * `index/<request>.json`, and builds under way as `.staging-<random>`. A tree appears by rename, whole or
 * not at all, and is never deleted here, since a container may run on it even when the host has changed.
 */
export class HostStore {
  readonly directory: string;
  readonly #index: string;

  constructor(dataDir: string) {
    this.directory = join(dataDir, 'images/host');
    this.#index = join(this.directory, 'index');
  }

  rootfs(digest: string): string {
    return join(this.directory, digest.replace('sha256:', ''), 'rootfs');
  }

  /** Whether the tree is there. A tree without its sh is what an interrupted `rm -r` left. */
  has(digest: string): boolean {
    return lstatSync(join(this.rootfs(digest), 'usr/bin/sh'), { throwIfNoEntry: false }) !== undefined;
  }

  /** The record of a request; undefined when there is none, or none that makes sense. */
  readRecord(requestKey: string): HostRecord | undefined {
    try {
      return parseRecord(readFileSync(this.#recordPath(requestKey), 'utf8'));
    } catch {
      return undefined;
    }
  }

  /** A record of another request, from another PATH most often, that came to the same plan. */
  findByPlan(planKey: string): HostRecord | undefined {
    if (!existsSync(this.#index)) return undefined;
    return readdirSync(this.#index)
      .filter((name) => name.endsWith(recordSuffix))
      .map((name) => this.readRecord(name.slice(0, -recordSuffix.length)))
      .find((record) => record?.planKey === planKey && this.has(record.digest));
  }

  writeRecord(requestKey: string, record: HostRecord): void {
    const path = this.#recordPath(requestKey);
    mkdirSync(this.#index, { recursive: true });
    const temporary = `${path}.${unique()}`;
    writeFileSync(temporary, JSON.stringify(record), { flag: 'wx' });
    renameSync(temporary, path);
  }

  /** Builds a tree and makes it visible, or finds that another process just did. */
  async build(entries: readonly Placed[]): Promise<BuiltTree> {
    mkdirSync(this.directory, { recursive: true });
    // mkdtemp makes it 0700: nobody can run a half-made copy of a set-user-ID file from it.
    const staging = mkdtempSync(join(this.directory, stagingPrefix));
    try {
      this.#disownParent(staging);
      const rootfs = join(staging, 'rootfs');
      mkdirSync(rootfs);
      const built = await buildTree(rootfs, entries);
      chmodSync(staging, 0o755);
      this.#publish(staging, built.digest);
      return built;
    } finally {
      tryRemove(staging);
      this.#removeOlder(this.directory, (name) => name.startsWith(stagingPrefix), stagingAgeMs);
      // A record that is still in use comes back, for the price of one look at the host.
      this.#removeOlder(this.#index, () => true, recordAgeMs);
    }
  }

  /** A data directory with its set-group-ID bit set would hand its group down to the whole tree. */
  #disownParent(staging: string): void {
    const [uid, gid] = [process.geteuid?.(), process.getegid?.()];
    if (uid === undefined || gid === undefined || statSync(staging).gid === gid) return;
    chownSync(staging, uid, gid);
    chmodSync(staging, 0o700);
  }

  #publish(staging: string, digest: string): void {
    const final = join(this.directory, digest.replace('sha256:', ''));
    if (tryRename(staging, final) || this.has(digest)) return;
    // What is there is broken. It leaves the way it came, so that nobody meets it while it is removed.
    const broken = join(this.directory, `${stagingPrefix}broken-${unique()}`);
    tryRename(final, broken);
    if (!tryRename(staging, final) && !this.has(digest)) throw new Error(`${final} is in the way`);
    tryRemove(broken);
  }

  /** Best effort: what can't be removed now stays until another build. */
  #removeOlder(directory: string, isMine: (name: string) => boolean, ageMs: number): void {
    if (!existsSync(directory)) return;
    for (const name of readdirSync(directory).filter(isMine)) {
      const path = join(directory, name);
      const stats = lstatSync(path, { throwIfNoEntry: false });
      if (stats === undefined || Date.now() - stats.mtimeMs < ageMs) continue;
      tryRemove(path);
    }
  }

  #recordPath(requestKey: string): string {
    return join(this.#index, `${requestKey}${recordSuffix}`);
  }
}

/** rename(2) never replaces a directory that holds something: false says that one is there. */
function tryRename(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOTEMPTY' || code === 'EEXIST' || code === 'ENOENT') return false;
    throw error;
  }
}

/** Best effort: what can't be removed now is removed by a later build. */
function tryRemove(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true });
  } catch {}
}

let uniqueCount = 0;

/** Differs between processes and between calls; nothing secret hangs on it. */
function unique(): string {
  uniqueCount += 1;
  return `${process.pid}-${Date.now().toString(36)}-${uniqueCount}`;
}
