import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { fcntl, memfdCreate } from '@tc/linux';
import { afterEach, describe, expect, it } from 'vitest';
import { newDirectory, newName, newTraces, runtimeDirectory, watchLeftovers } from '../support/kernel.ts';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { scaled } from '../support/scale.ts';

watchLeftovers();

// The check that runs after each test of this suite must itself be able to fail.
describe('the check for leftovers', () => {
  const undo: (() => unknown)[] = [];
  afterEach(async () => {
    for (const each of undo.splice(0).reverse()) await each();
  });

  it('finds nothing where nothing is left', async () => {
    expect(await newTraces()).toEqual([]);
  });

  it('finds a cgroup in any hierarchy', async () => {
    for (const point of cgroupMountPoints()) {
      const path = join(point, `tctl-${newName()}`);
      mkdirSync(path);
      const found = await newTraces().finally(() => rmdirSync(path));
      expect(found).toEqual([`cgroup ${path}`]);
    }
  });

  it('finds a mount', async () => {
    const path = newDirectory();
    execFileSync('mount', ['-t', 'tmpfs', 'none', path]);
    undo.push(() => execFileSync('umount', [path]));
    expect(await newTraces()).toEqual([expect.stringMatching(`^mount .* ${path} `)]);
  });

  it('finds a child process, and a process in another PID namespace', async () => {
    const child: ChildProcess = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sleep', '1234567'], {
      stdio: 'ignore',
    });
    undo.push(async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    });
    const found = () => newTraces((line) => line.includes('sleep 1234567'));
    const expected = [/^process \d+ our child unshare/, /^process \d+ sleep sleep 1234567/];
    await expect
      .poll(found, { timeout: scaled(10_000) })
      .toEqual(expected.map((line) => expect.stringMatching(line)));
  });

  it('finds an open memory file', async () => {
    const low = memfdCreate('tctl', 0);
    const fd = fcntl(low, 0, 100); // F_DUPFD
    closeSync(low);
    undo.push(() => closeSync(fd));
    expect(await newTraces()).toEqual([`descriptor ${fd} /memfd:tctl (deleted)`]);
  });

  it('finds a state directory', async () => {
    const path = join(runtimeDirectory, newName());
    mkdirSync(path);
    undo.push(() => rmdirSync(path));
    expect(await newTraces()).toEqual([`state ${path}`]);
  });
});
