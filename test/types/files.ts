import type {
  ContainerFiles,
  CopyOptions,
  CopyResult,
  FileEntry,
  FileListOptions,
  FileOwnerOptions,
  FileReadOptions,
  FileRemoveOptions,
  FileStatOptions,
  FileType,
  MakeDirectoryOptions,
} from '@tc/core';
import { Container } from '@tc/core';
import type { Equal, Expect } from './equal.ts';

export type Types = Expect<
  Equal<FileType, 'file' | 'directory' | 'link' | 'FIFO' | 'socket' | 'block device' | 'character device'>
>;
export type Entry = Expect<
  Equal<
    FileEntry,
    {
      readonly name: string;
      readonly type: FileType;
      readonly sizeBytes: number;
      readonly mode: number;
      readonly uid: number;
      readonly gid: number;
      readonly modifiedAt: Date;
      readonly target: string | undefined;
    }
  >
>;
export type Copied = Expect<
  Equal<
    CopyResult,
    {
      readonly files: number;
      readonly directories: number;
      readonly links: number;
      readonly bytes: number;
      readonly skipped: readonly string[];
    }
  >
>;
export type Read = Expect<Equal<FileReadOptions, { maxBytes?: number | string }>>;
export type List = Expect<Equal<FileListOptions, { maxEntries?: number }>>;
export type Stat = Expect<Equal<FileStatOptions, { follow?: boolean }>>;
export type Remove = Expect<Equal<FileRemoveOptions, { recursive?: boolean }>>;
export type Owner = Expect<Equal<FileOwnerOptions, { uid?: number; gid?: number; mode?: number }>>;
export type Make = Expect<
  Equal<
    Pick<MakeDirectoryOptions, keyof MakeDirectoryOptions>,
    { recursive?: boolean; uid?: number; gid?: number; mode?: number }
  >
>;
export type Copy = Expect<
  Equal<CopyOptions, { preserve?: boolean; maxBytes?: number | string; maxEntries?: number }>
>;

const { files } = await Container.get('web');
export type Methods = Expect<
  Equal<
    keyof ContainerFiles,
    'read' | 'write' | 'list' | 'stat' | 'mkdir' | 'remove' | 'copyIn' | 'copyOut' | 'walk'
  >
>;
const bytes = await files.read('/etc/hosts', { maxBytes: '1m' });
const text = await files.read('/etc/hosts', { encoding: 'utf8' });
export type Encodings = Expect<Equal<[typeof bytes, typeof text], [Buffer<ArrayBuffer>, string]>>;
const listed = await files.list('/etc');
const stats = await files.stat('/etc', { follow: false });
const copies = [await files.copyIn('/srv', '/srv'), await files.copyOut('/srv', '/tmp/srv')] as const;
export type Results = Expect<
  Equal<
    [typeof listed, typeof stats, typeof copies],
    [FileEntry[], FileEntry, readonly [CopyResult, CopyResult]]
  >
>;
await files.write('/etc/motd', 'text', { mode: 0o600 });
await files.write('/etc/motd', new Uint8Array(4));
await files.mkdir('/srv/a/b', { recursive: true, uid: 1000 });
await files.remove('/srv', { recursive: true });
// @ts-expect-error: nothing is written that is no text and no bytes
await files.write('/etc/motd', 42);
