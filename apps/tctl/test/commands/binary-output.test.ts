import { execFileSync, spawn } from 'node:child_process';
import {
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeArchive } from '../../src/commands/binary-output.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-archive-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

async function* archive() {
  yield Buffer.from('arch');
  yield Buffer.from('ive');
}

describe('an archive', () => {
  it('takes the place of a file, and leaves nothing beside it', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, 'something longer that was there before');
    expect(await writeArchive(archive(), file)).toEqual({ file, bytes: 7 });
    expect(readFileSync(file, 'utf8')).toBe('archive');
    expect(readdirSync(directory)).toEqual(['file']);
  });

  it('goes into a FIFO, or a device, and not into its place', async () => {
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    const reader = spawn('cat', [fifo], { stdio: ['ignore', 'pipe', 'ignore'] });
    try {
      expect(await writeArchive(archive(), fifo)).toEqual({ file: fifo, bytes: 7 });
      expect(lstatSync(fifo).isFIFO()).toBe(true);
      expect(await text(reader.stdout)).toBe('archive');
    } finally {
      reader.kill();
    }
  });

  it('is written through a link, which stays one', async () => {
    const [file, link] = [join(directory, 'file'), join(directory, 'link')];
    writeFileSync(file, '');
    symlinkSync(file, link);
    await writeArchive(archive(), link);
    expect(lstatSync(link).isSymbolicLink()).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('archive');
  });

  it('can’t be a directory, which is said before anything is read', async () => {
    const refused = writeArchive(
      (async function* () {
        expect.fail('it was read');
        yield Buffer.alloc(0);
      })(),
      directory,
    );
    await expect(refused).rejects.toThrow(/^EISDIR/);
  });
});
