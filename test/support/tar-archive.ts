/** Tar archives with anything in them, also what no program would write: for tests of the unpacker. */
export interface Member {
  readonly name: string;
  /** The type flag: '0' file, '1' hard link, '2' symlink, '3' and '4' devices, '5' directory, '6' FIFO. Default '0'. */
  readonly type?: string;
  readonly content?: string | Buffer;
  readonly target?: string;
  readonly mode?: number;
  readonly uid?: number;
  readonly gid?: number;
  readonly mtime?: number;
  readonly device?: readonly [major: number, minor: number];
  /** What the header says, where it is not the truth. */
  readonly size?: number;
  readonly pax?: Readonly<Record<string, string | Buffer>>;
  /** Changes the header when all but its checksum is there. */
  readonly patch?: (header: Buffer) => void;
}

const end = Buffer.alloc(1024);

export function tarArchive(members: readonly Member[], { ended = true } = {}): Buffer {
  return Buffer.concat([...members.flatMap(encode), ...(ended ? [end] : [])]);
}

function encode(member: Member): Buffer[] {
  const { name, type = '0', content = '', target = '', pax } = member;
  const bytes = Buffer.from(content as string);
  const before =
    pax === undefined
      ? []
      : encode({ name: 'pax', type: 'x', content: Buffer.concat(Object.entries(pax).map(record)) });
  const header = Buffer.alloc(512);
  header.write(name, 0, 100, 'latin1');
  const octal = (value: number, at: number, length: number) =>
    header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, length, 'latin1');
  octal(member.mode ?? (type === '5' ? 0o755 : 0o644), 100, 8);
  octal(member.uid ?? 0, 108, 8);
  octal(member.gid ?? 0, 116, 8);
  octal(member.size ?? bytes.length, 124, 12);
  octal(member.mtime ?? 1_000_000_000, 136, 12);
  header.write(type, 156, 'latin1');
  header.write(target, 157, 100, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  octal(member.device?.[0] ?? 0, 329, 8);
  octal(member.device?.[1] ?? 0, 337, 8);
  member.patch?.(header);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return [...before, header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
}

function record([key, value]: [string, string | Buffer]): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), Buffer.from(value as string), Buffer.from('\n')]);
  let length = rest.length;
  while (String(length).length + rest.length !== length) length = String(length).length + rest.length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}
