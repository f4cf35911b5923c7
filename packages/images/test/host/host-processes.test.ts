import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { hostRootfs } from '../../src/host/host-rootfs.ts';
import { itAsRoot, runUnshared } from '../support/chroot.ts';
import { useScratch } from '../support/scratch.ts';

const scratch = useScratch();
const script = fileURLToPath(new URL('../support/build-once.ts', import.meta.url));
const nodeArgs = ['--conditions=tc-source', '--no-warnings', script];

const start = (dataDir: string) =>
  spawn(process.execPath, [...nodeArgs, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] });

const store = (dataDir: string) => join(dataDir, 'images/host');
const stagings = (dataDir: string) => readdirSync(store(dataDir)).filter((name) => name.startsWith('.'));
const trees = (dataDir: string) => readdirSync(store(dataDir)).filter((name) => /^[0-9a-f]{64}$/.test(name));

describe('processes', () => {
  it('that build at once end with one tree, and no staging', { timeout: 60_000 }, async () => {
    const dataDir = scratch();
    const answers = await Promise.all(
      Array.from({ length: 8 }, async () => {
        const child = start(dataDir);
        let text = '';
        for await (const chunk of child.stdout) text += chunk;
        return JSON.parse(text).digest;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(trees(dataDir)).toEqual([answers[0].replace('sha256:', '')]);
    expect(stagings(dataDir)).toEqual([]);
    expect(readdirSync(join(store(dataDir), 'index'))).toHaveLength(1);
  });

  it('that are killed leave a staging, which a build an hour later removes', {
    timeout: 60_000,
  }, async () => {
    const dataDir = scratch();
    const child = start(dataDir);
    const ended = new Promise((resolve) => child.once('close', resolve));
    while (!existsSync(store(dataDir)) || stagings(dataDir).length === 0) await sleep(1);
    await sleep(5);
    child.kill('SIGKILL');
    await ended;
    const [left] = stagings(dataDir);
    expect(trees(dataDir)).toEqual([]);

    const image = await hostRootfs({ dataDir });
    expect(image.cached).toBe(false);
    expect(stagings(dataDir)).toEqual([left]);
    const twoHoursAgo = Date.now() / 1000 - 7200;
    utimesSync(join(store(dataDir), left ?? ''), twoHoursAgo, twoHoursAgo);
    await hostRootfs({ dataDir, tools: ['ls'] });
    expect(stagings(dataDir)).toEqual([]);
  });
});

describe('mounts', () => {
  const command = [process.execPath, ...nodeArgs].map((word) => `'${word}'`).join(' ');

  itAsRoot('a build writes nothing outside of the data directory', () => {
    const dataDir = scratch();
    const { status, stdout, stderr } = runUnshared(
      `mount --bind "$1" "$1"; mount -o remount,bind,ro /dev/shm; mount -o remount,bind,ro /
       exec ${command} "$1"`,
      [dataDir],
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout).cached).toBe(false);
  });

  itAsRoot('a cached call works on a read-only data directory', async () => {
    const dataDir = scratch();
    mkdirSync(dataDir, { recursive: true });
    const built = await hostRootfs({ dataDir });
    const { status, stdout, stderr } = runUnshared(
      `mount --bind "$1" "$1"; mount -o remount,bind,ro "$1"; exec ${command} "$1"`,
      [dataDir],
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(JSON.parse(stdout)).toEqual({ ...built, cached: true });
  });
});
