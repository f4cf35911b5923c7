import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, realpath, rename, rm, stat } from 'node:fs/promises';
import { isatty } from 'node:tty';
import { UsageError } from '../cli/usage-error.ts';

/** What `--json` says of an archive that was written. */
export interface WrittenFile {
  readonly file: string;
  readonly bytes: number;
}

/** @throws UsageError where stdout has the archive itself */
export function needFileForJson(json: boolean, file: string | undefined): void {
  if (json && (file === undefined || file === '-'))
    throw new UsageError('--json and the archive would both go to stdout', 'Give a file with -o.');
}

/** @throws UsageError where stdout is a terminal, which an archive would spoil */
export function refuseTerminal(hint: string): void {
  if (isatty(1)) throw new UsageError('stdout is a terminal', hint);
}

/**
 * Writes an archive to a file, which is there when it is complete, or to stdout, or to what is there and is no file.
 * @returns undefined for stdout @throws UsageError where stdout is a terminal
 */
export async function writeArchive(
  source: AsyncIterable<Buffer>,
  file: string | undefined,
): Promise<WrittenFile | undefined> {
  if (file === undefined || file === '-') {
    refuseTerminal('Give a file with -o, or pipe it.');
    const out = createWriteStream('', { fd: 1, autoClose: false });
    const failed = once(out, 'error').then(([error]) => Promise.reject(error));
    failed.catch(() => {}); // it may fail while the source is waited for; the next write learns of it
    try {
      for await (const piece of source)
        if (!out.write(piece)) await Promise.race([once(out, 'drain'), failed]);
      out.end();
      await Promise.race([once(out, 'finish'), failed]);
    } catch (error) {
      // A reader that has gone is no error of ours: tctl export NAME | tar t | head -1.
      if ((error as NodeJS.ErrnoException).code === 'EPIPE') process.exit();
      throw error;
    }
    return undefined;
  }
  const there = await stat(file).catch(() => undefined);
  // A device or a FIFO gets it: a file in the place of /dev/null would be the end of that.
  if (there !== undefined && !there.isFile()) return { file, bytes: await writeInto(source, file, 'w') };
  const target = there === undefined ? file : await realpath(file); // a link stays one
  const temporary = `${target}.part-${process.pid}`;
  try {
    const bytes = await writeInto(source, temporary, 'wx');
    await rename(temporary, target);
    return { file, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** @returns how much it was */
async function writeInto(source: AsyncIterable<Buffer>, file: string, flags: 'w' | 'wx'): Promise<number> {
  let bytes = 0;
  const out = await open(file, flags, 0o600);
  try {
    for await (const piece of source) {
      await out.writeFile(piece);
      bytes += piece.length;
    }
  } finally {
    await out.close();
  }
  return bytes;
}
