import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { box, newDirectory, watchLeftovers } from '../support/kernel.ts';
import { aDisk, disk, requires } from '../support/requires.ts';
import { ownRootfs } from '../support/rootfs.ts';

watchLeftovers();

describe('a disk of the host', () => {
  it('can’t be made to appear: mknod(2) is refused', async (context) => {
    requires(context, aDisk);
    const [major, minor] = disk()?.device.split(':') ?? [];
    for (const place of ['/tmp', '/dev', '/dev/shm', '/mnt']) {
      const { exitCode, stderr } = await box(`mknod ${place}/disk b ${major} ${minor}`);
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/Operation not permitted|Permission denied/);
    }
  });

  it('can’t be opened with CAP_MKNOD outside /dev either', async (context) => {
    requires(context, aDisk);
    const [major, minor] = disk()?.device.split(':') ?? [];
    const options = { capabilities: ['CAP_MKNOD', 'CAP_DAC_OVERRIDE'] as const };
    const script = `for d in /tmp /mnt /dev/shm; do mknod $d/disk b ${major} ${minor} && head -c 1 $d/disk | wc -c; done`;
    const { stdout, stderr } = await box(script, options);
    expect(stdout).toBe('0\n0\n0\n');
    expect(stderr.match(/disk' for reading: Permission denied/g)).toHaveLength(3);
  });

  it.each(['rw', 'ro', 'overlay'] as const)(
    'can’t be opened by a device node of the image, in mode %s',
    async (mode) => {
      const path = await ownRootfs(newDirectory());
      // Harmless, and open to all where it lies on the host.
      execFileSync('mknod', ['-m', '666', join(path, 'zero'), 'c', '1', '5']);
      execFileSync('dd', [`if=${join(path, 'zero')}`, 'of=/dev/null', 'count=1'], { stdio: 'ignore' });
      const { exitCode, stderr } = await box('dd if=/zero of=/dev/null count=1', { rootfs: { path, mode } });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/'\/zero': Permission denied/);
    },
  );

  it('can’t be opened by a device node in a bind mount', async () => {
    const source = join(newDirectory(), 'source');
    mkdirSync(source);
    execFileSync('mknod', ['-m', '666', join(source, 'zero'), 'c', '1', '5']);
    execFileSync('dd', [`if=${join(source, 'zero')}`, 'of=/dev/null', 'count=1'], { stdio: 'ignore' });
    for (const mount of [`${source}:/data`, `${source}:/data:ro`, `${source}/zero:/data/zero`]) {
      const { exitCode, stderr } = await box('dd if=/data/zero of=/dev/null count=1', { mounts: [mount] });
      expect(exitCode).toBe(1);
      expect(stderr).toMatch(/'\/data\/zero': Permission denied/);
    }
  });
});
