import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
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
 * Writes an archive to a file, which is there when it is complete, or to stdout.
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
  let bytes = 0;
  const temporary = `${file}.part-${process.pid}`;
  try {
    const out = await open(temporary, 'wx', 0o600);
    try {
      for await (const piece of source) {
        await out.writeFile(piece);
        bytes += piece.length;
      }
    } finally {
      await out.close();
    }
    await rename(temporary, file);
    return { file, bytes };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
