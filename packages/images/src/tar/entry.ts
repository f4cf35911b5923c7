import { type ErrorCode, shown, TcError } from '@tc/linux';

export type TarType =
  | 'file'
  | 'directory'
  | 'symlink'
  | 'hardlink'
  | 'character device'
  | 'block device'
  | 'FIFO';

/** One member of an archive. Names are bytes, as the kernel's are: each character of these texts is one (latin1). */
export interface TarEntry {
  readonly path: string;
  readonly type: TarType;
  /** At most 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Of a file: its length, holes included. */
  readonly size: number;
  readonly mtimeNs: bigint;
  /** Of a link. */
  readonly target: string;
  readonly major: number;
  readonly minor: number;
  readonly xattrs: ReadonlyMap<string, Buffer>;
}

/** What is done with the members, in their order. A file's content comes between `entry` and `end`. */
export interface TarSink {
  entry(entry: TarEntry): void;
  /** @param position in the file; between the pieces are holes */
  data(chunk: Buffer, position: number): void;
  end(): void;
}

export function badTar(problem: string, code: ErrorCode = 'TAR_INVALID'): TcError {
  return new TcError(shown(problem), {
    code,
    operation: 'read the tar archive',
    hint: 'It is damaged, or not a tar archive.',
  });
}
