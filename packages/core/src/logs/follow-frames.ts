/**
 * Reads a file of frames and the one before it, and goes on as it grows and is put aside: the writer renames `current`
 * to `old` and makes a new one. Waiting is inotify(7)'s, never a timer's.
 */
import { existsSync, type FSWatcher, statSync, watch } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { FrameFile } from './frame-file.ts';
import type { FrameFormat } from './frame-format.ts';
import { Wake } from './wake.ts';

export interface RotatingFiles {
  readonly directory: string;
  readonly current: string;
  readonly old: string;
}

export interface FollowFramesOptions {
  /** Wait for more. */
  readonly follow: boolean;
  /** With `follow`: nothing comes after this. */
  readonly ended?: Promise<void> | undefined;
  /** Whether waiting for more keeps the process alive. Default: yes. */
  readonly keepAlive?: boolean | undefined;
  readonly signal: AbortSignal;
  /** What was there already: `sizesOf`. */
  readonly skip?: ReadonlyMap<number, number> | undefined;
}

export interface FrameBatch<Frame> {
  readonly frames: readonly Frame[];
  /** `now`: all that is there was read. `ever`: and no more will come. */
  readonly atEnd: false | 'now' | 'ever';
}

/** How long the files are, by their inodes: what is there now, for reading only what comes later. */
export function sizesOf({ directory, current, old }: RotatingFiles): ReadonlyMap<number, number> {
  // `old` after `current`, which may become it meanwhile.
  const stats = [current, old].map((name) => statSync(join(directory, name), { throwIfNoEntry: false }));
  return new Map(stats.flatMap((each) => (each === undefined ? [] : [[each.ino, each.size]])));
}

export async function* followFrames<Frame>(
  files: RotatingFiles,
  format: FrameFormat<Frame>,
  { follow, ended, keepAlive = true, signal, skip }: FollowFramesOptions,
): AsyncGenerator<FrameBatch<Frame>, void> {
  const wake = new Wake();
  const call = () => wake.call();
  let over = !follow;
  const end = () => {
    over = true;
    wake.call();
  };
  ended?.then(end, end);
  signal.addEventListener('abort', call);
  let watcher: FSWatcher | undefined;
  let open: readonly FrameFile<Frame>[] = [];
  try {
    // Before anything is read: what comes later is told.
    if (follow && existsSync(files.directory)) watcher = watchFiles(files, keepAlive, call);
    for (let first = true; !signal.aborted; first = false) {
      const last = over; // read before the files are: what was written before the end is there
      const { both, gone, opened } = openBoth(files, format, open);
      if (first) for (const file of opened) file.skipTo(skip?.get(file.inode) ?? 0);
      open = [...gone, ...both];
      let nothing = opened.length === 0;
      for (const file of open) {
        for (let frames = await file.read(); frames.length > 0; frames = await file.read()) {
          nothing = false;
          yield { frames, atEnd: false };
          if (signal.aborted) return;
        }
      }
      for (const file of gone) file.close();
      open = both;
      if (!nothing) continue;
      yield { frames: [], atEnd: last ? 'ever' : 'now' };
      if (last) return;
      await wake.wait();
    }
  } finally {
    signal.removeEventListener('abort', call);
    watcher?.close();
    for (const file of open) file.close();
  }
}

interface BothFiles<Frame> {
  /** What is there, `old` first. */
  readonly both: readonly FrameFile<Frame>[];
  /** Those of them that were not open before. */
  readonly opened: readonly FrameFile<Frame>[];
  /** What was open before and has been removed since. It has its frames still. */
  readonly gone: readonly FrameFile<Frame>[];
}

function openBoth<Frame>(
  { directory, current, old }: RotatingFiles,
  format: FrameFormat<Frame>,
  before: readonly FrameFile<Frame>[],
): BothFiles<Frame> {
  const inodeOf = (name: string) => statSync(join(directory, name), { throwIfNoEntry: false })?.ino;
  const opened: FrameFile<Frame>[] = [];
  const open = (name: string): FrameFile<Frame> | undefined => {
    const inode = inodeOf(name);
    if (inode === undefined) return undefined;
    const known = [...before, ...opened].find((file) => file.inode === inode);
    if (known !== undefined) return known;
    const file = FrameFile.open(join(directory, name), format);
    if (file !== undefined) opened.push(file);
    return file;
  };
  // `old` was replaced meanwhile: then `current` is a new one, and what was `current` would be missed.
  let pair = [open(old), open(current)];
  for (let attempt = 0; attempt < 10 && inodeOf(old) !== pair[0]?.inode; attempt += 1)
    pair = [open(old), open(current)];
  const both = [...new Set(pair.filter((file) => file !== undefined))];
  for (const file of opened) if (!both.includes(file)) file.close();
  return {
    both,
    opened: opened.filter((file) => both.includes(file)),
    gone: before.filter((file) => !both.includes(file)),
  };
}

function watchFiles(
  { directory, current, old }: RotatingFiles,
  persistent: boolean,
  call: () => void,
): FSWatcher {
  try {
    const watcher = watch(directory, { persistent }, (_, name) => {
      if (name === null || name === current || name === old) call();
    });
    // The directory was removed with what is in it: the files that are open stay readable.
    watcher.on('error', call);
    return watcher;
  } catch (cause) {
    throw new TcError((cause as Error).message, {
      code: 'WATCH_FAILED',
      operation: `watch ${directory}`,
      path: directory,
      hint: 'Raise /proc/sys/fs/inotify/max_user_watches where it says ENOSPC: inotify(7).',
      cause,
    });
  }
}
