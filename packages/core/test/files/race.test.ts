import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBelow } from '../logs/descriptors.ts';
import { type Box, newBox } from './box.ts';

/**
 * A process of the container exchanges `/swap/it`, a directory, and `/swap/link`, a link to a directory of the host where
 * the files have the same names, all the time: renameat2(2) with RENAME_EXCHANGE, so that neither is ever missing.
 */
const libc = new URL('../../../linux/src/libc.ts', import.meta.url).href;
const swapper = `
import { getLibc } from ${JSON.stringify(libc)};
const { syscall } = getLibc();
const [renameat2, AT_FDCWD, RENAME_EXCHANGE] = [process.arch === 'arm64' ? 276 : 316, -100, 2];
process.stdout.write('ready');
for (;;)
  syscall(renameat2, 'long', AT_FDCWD, 'const char *', 'it', 'long', AT_FDCWD, 'const char *', 'link', 'long', RENAME_EXCHANGE);
`;

describe('while a process of the container exchanges directories for links', () => {
  let box: Box;
  let swapping: ChildProcess;
  let victim = '';
  beforeEach(async () => {
    box = newBox();
    victim = join(box.host, 'victim');
    const swap = join(box.root, 'swap');
    for (const path of [victim, swap, join(swap, 'it')]) mkdirSync(path);
    writeFileSync(join(victim, 'file'), 'outside');
    writeFileSync(join(swap, 'it/file'), 'inside');
    symlinkSync(victim, join(swap, 'link'));
    swapping = spawn(
      process.execPath,
      ['--conditions=tc-source', '--no-warnings', '--input-type=module', '-e', swapper],
      {
        cwd: swap,
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (swapping.stdout !== null) await once(swapping.stdout, 'data');
  });
  afterEach(async () => {
    swapping.kill('SIGKILL');
    await once(swapping, 'exit');
    expect(openBelow(box.directory)).toEqual([]);
    expect(readdirSync(victim)).toEqual(['file']);
    expect(readFileSync(join(victim, 'file'), 'utf8')).toBe('outside');
    box.remove();
  });

  const rounds = 400;
  /** On a busy machine whoever exchanges them may stand still for long, with the link in its place. */
  const patienceMs = 20_000;
  /** How often it worked; it fails where the name is not there, or leads out of the root, for a moment. */
  const attempt = async (act: (round: number) => Promise<unknown>): Promise<number> => {
    let worked = 0;
    const isEnough = (round: number) => round >= rounds && (worked > 0 || performance.now() > end);
    const end = performance.now() + patienceMs;
    for (let round = 0; !isEnough(round); round += 1) {
      try {
        await act(round);
        worked += 1;
      } catch (error) {
        expect((error as { code: string }).code).toMatch(
          /^(ENOENT|ENOTDIR|ELOOP|EAGAIN|NOT_A_DIRECTORY|ENOTEMPTY|EISDIR|EEXIST)$/,
        );
      }
    }
    return worked;
  };

  it('nothing outside is read', { timeout: 60_000 }, async () => {
    const worked = await attempt(async () => {
      expect(await box.files.read('/swap/it/file', { encoding: 'utf8' })).toBe('inside');
      expect((await box.files.list('/swap/it')).map(({ type }) => type)).toEqual(['file']);
    });
    expect(worked).toBeGreaterThan(0);
  });

  it('nothing outside is written', { timeout: 60_000 }, async () => {
    const worked = await attempt(async (round) => {
      await box.files.write('/swap/it/file', 'inside');
      await box.files.mkdir(`/swap/it/new/${round}`, { recursive: true });
      await box.files.copyIn(join(box.host, 'victim'), '/swap/it');
    });
    expect(worked).toBeGreaterThan(0);
  });

  it('nothing outside is removed', { timeout: 60_000 }, async () => {
    await attempt(async (round) => {
      await box.files.mkdir(`/swap/it/${round}/x`, { recursive: true });
      await box.files.remove(`/swap/it/${round}`, { recursive: true });
    });
  });

  it('nothing outside is copied', { timeout: 60_000 }, async () => {
    await attempt(async (round) => {
      const target = join(box.host, `copy-${round}`);
      await box.files.copyOut('/swap', target);
      for (const name of ['it', 'link']) {
        const path = join(target, name);
        if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory())
          expect(readFileSync(join(path, 'file'), 'utf8')).toBe('inside');
      }
    });
  });
});
