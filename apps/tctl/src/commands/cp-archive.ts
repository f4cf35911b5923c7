/** `tctl cp` with `-`: files of a container as a tar archive, and back. */
import { once } from 'node:events';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { PassThrough } from 'node:stream';
import { type ContainerFiles, type CopyOptions, TcError, type WalkedFile } from '@tc/core';
import { encodeHeader, endOfArchive, padding, removeTree, type TarType, unpackStream } from '@tc/images';
import { UsageError } from '../cli/usage-error.ts';

/**
 * A file, or a directory with all that is in it, as Docker writes it: under its own name, with the owners that the
 * container sees.
 * @param isContents without its own name: `SRC/.`
 * @param skipped is told of what is left out: sockets, which no archive can have, devices and FIFOs
 */
export async function* archiveOf(
  files: ContainerFiles,
  path: string,
  isContents: boolean,
  skipped: (path: string) => void,
): AsyncGenerator<Buffer> {
  const out = new PassThrough();
  const write = async (bytes: Buffer) => {
    if (!out.write(bytes)) await once(out, 'drain');
  };
  const ownName = Buffer.byteLength(posix.basename(posix.resolve('/', path)));
  const nameOf = ({ path: name }: WalkedFile): string =>
    isContents && ownName > 0 ? `.${name.toString('latin1', ownName)}` : name.toString('latin1') || '.';
  const walked = files
    .walk(path, async (entry) => {
      if (!(await writeMember(entry, nameOf(entry), write))) skipped(entry.path.toString());
    })
    .then(
      () => out.end(endOfArchive),
      (error) => out.destroy(error),
    );
  try {
    yield* out;
  } finally {
    out.destroy();
  }
  await walked;
}

const types: Partial<Record<WalkedFile['type'], TarType>> = {
  file: 'file',
  directory: 'directory',
  link: 'symlink',
};

/** @returns whether it has a member */
async function writeMember(
  entry: WalkedFile,
  path: string,
  write: (bytes: Buffer) => Promise<void>,
): Promise<boolean> {
  const { mode, uid, gid, mtimeNs, sizeBytes, target } = entry;
  const type = types[entry.type];
  if (type === undefined) return false;
  const size = type === 'file' ? sizeBytes : 0;
  const about = { path, type, mode, uid, gid, size, mtimeNs, major: 0, minor: 0, xattrs: new Map() };
  await write(encodeHeader({ ...about, target: target?.toString('latin1') ?? '' }));
  if (size === 0) return true;
  let left = size;
  for await (const piece of entry.content()) {
    // What it grew by since is not part of it. A copy: the piece is overwritten by the next.
    await write(Buffer.from(piece.subarray(0, left)));
    left -= Math.min(left, piece.length);
    if (left === 0) break;
  }
  if (left > 0) throw becameShorter(entry.path);
  await write(padding(size));
  return true;
}

function becameShorter(path: Buffer): TcError {
  return new TcError('it became shorter while it was read', {
    code: 'FILE_CHANGED',
    operation: `read ${path}`,
    hint: 'Pause or stop the container first.',
  });
}

/**
 * An archive is unpacked where no process of the container can interfere, and then copied: so links that are in it,
 * or in the container, lead nowhere, and nothing is there of an archive that is damaged.
 * @returns what was left out
 */
export async function extractInto(
  files: ContainerFiles,
  source: AsyncIterable<Uint8Array>,
  path: string,
  options: CopyOptions,
  signal: AbortSignal,
): Promise<{ readonly skipped: readonly string[]; readonly devices: number }> {
  const { type } = await files.stat(path);
  if (type !== 'directory')
    throw new UsageError(`${JSON.stringify(path)} is a ${type}`, 'An archive goes into a directory.');
  // Nobody else may look into it: owners and setuid bits in it are those that the archive says.
  const temporary = await mkdtemp(join(tmpdir(), 'tctl-cp-'));
  try {
    const staging = join(temporary, 'files');
    await mkdir(staging, { mode: 0o700 });
    const keepOwners = options.preserve === true && process.geteuid?.() === 0;
    const rules = { keepOwners, maxBytes: 4 * 2 ** 30, maxEntries: 1_000_000 };
    const { skippedDevices } = await unpackStream(source, staging, rules, signal);
    const { skipped } = await files.copyIn(staging, path, options);
    return { skipped, devices: skippedDevices };
  } finally {
    removeTree(temporary);
  }
}
