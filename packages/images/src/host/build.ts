import {
  chmodSync,
  closeSync,
  constants,
  fsync as fsyncWithCallback,
  lutimesSync,
  mkdirSync,
  openSync,
  readFileSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { TcError } from '@tc/linux';
import { sha256 } from './hashes.ts';
import type { Placed, TreeEntry } from './tree.ts';

export interface BuiltTree {
  /** `sha256:` and the hash of the sorted list of paths, types, modes and content hashes. */
  digest: string;
  /** The content of all files together. */
  bytes: number;
  /** Regular files, symlinks not counted. */
  files: number;
}

const fsync = promisify(fsyncWithCallback);

type FileEntry = Extract<TreeEntry, { type: 'file' | 'text' }>;

// 1 January 2000: the same for every build, and not so old that tar(1) would warn of it.
const mtime = new Date(946_684_800_000);
// libuv has four threads; some more tasks keep them busy between the steps of one file.
const maxParallel = 12;

/**
 * Writes a planned tree into an empty directory. Files are copied, where the file system can do it as
 * reflinks, and never hard-linked: through a hard link a container's root would write the host's own file.
 * Content is hashed as it came to lie here, so the digest holds even if the host's file changes meanwhile.
 * @throws TcError `HOST_FILE_CHANGED` when a file of the plan is gone, else the file system's own error
 */
export async function buildTree(root: string, entries: readonly Placed[]): Promise<BuiltTree> {
  const contents = new Map<string, { hash: string; bytes: number }>();
  const files: (() => Promise<void>)[] = [];
  for (const [path, entry] of entries) {
    const at = join(root, path);
    if (entry.type === 'directory') mkdirSync(at);
    else if (entry.type === 'link') symlinkSync(entry.target, at);
    else files.push(async () => void contents.set(path, await writeEntry(at, entry)));
  }
  await inParallel(files);
  // Now that the data is on its way to the disk, wait for it: the rename that makes the tree visible must
  // not survive a power failure that its content does not (fsync(2)).
  finishDirectories(root, entries);
  const synced = entries.filter(([, entry]) => entry.type !== 'link').map(([path]) => join(root, path));
  await inParallel([root, ...synced].map((path) => () => sync(path)));

  const sizes = [...contents.values()].map(({ bytes }) => bytes);
  return {
    digest: `sha256:${treeHash(entries, (path) => contents.get(path)?.hash ?? '')}`,
    bytes: sizes.reduce((sum, bytes) => sum + bytes, 0),
    files: sizes.length,
  };
}

async function writeEntry(at: string, entry: FileEntry): Promise<{ hash: string; bytes: number }> {
  if (entry.type === 'text') writeFileSync(at, entry.text, { flag: 'wx' });
  else await copyHostFile(entry.source, at);
  // What comes from the page cache or changes an inode in memory takes less time than a thread's answer.
  const content = readFileSync(at);
  // The mode is set anew, since copyFile keeps the host's, with the set-user-ID bits of mount or ping.
  chmodSync(at, entry.mode);
  utimesSync(at, mtime, mtime);
  return { hash: sha256(content), bytes: content.length };
}

async function copyHostFile(source: string, at: string): Promise<void> {
  try {
    await copyFile(source, at, constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    throw new TcError('it is gone', {
      code: 'HOST_FILE_CHANGED',
      operation: `copy ${source}`,
      path: source,
      hint: 'The host is being upgraded; try again.',
      cause: error,
    });
  }
}

async function sync(path: string): Promise<void> {
  const fd = openSync(path, 'r');
  try {
    await fsync(fd);
  } finally {
    closeSync(fd);
  }
}

/** Directories last and innermost first: what is made in a directory changes its times. */
function finishDirectories(root: string, entries: readonly Placed[]): void {
  for (const [path, entry] of [...entries].reverse()) {
    const at = join(root, path);
    if (entry.type === 'directory') chmodSync(at, entry.mode);
    if (entry.type === 'directory' || entry.type === 'link') lutimesSync(at, mtime, mtime);
  }
  chmodSync(root, 0o755);
  lutimesSync(root, mtime, mtime);
}

function treeHash(entries: readonly Placed[], contentHash: (path: string) => string): string {
  const lines = entries.map(([path, entry]) => {
    if (entry.type === 'link') return `${path}\0link\0${entry.target}\n`;
    const type = entry.type === 'directory' ? 'directory' : 'file';
    return `${path}\0${type}\0${entry.mode.toString(8)}\0${contentHash(path)}\n`;
  });
  return sha256(lines.join(''));
}

async function inParallel(tasks: readonly (() => Promise<void>)[]): Promise<void> {
  const queue = tasks.values();
  await Promise.all(
    Array.from({ length: maxParallel }, async () => {
      for (const task of queue) await task();
    }),
  );
}
