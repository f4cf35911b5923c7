import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  box,
  makeContainer,
  newDirectory,
  refusal,
  runtimeDirectory,
  watchLeftovers,
} from '../support/kernel.ts';
import { ownRootfs } from '../support/rootfs.ts';
import { slowness } from '../support/scale.ts';

watchLeftovers();

/** More than a start has ever had open; on slow machines some of them. */
const step = slowness > 1 ? 4 : 1;
const descriptors = Array.from({ length: 40 / step }, (_, index) => index * step);

const beyond = { code: 'WORKING_DIRECTORY_NOT_FOUND' };

/** A link of the image that leads, by a descriptor, to the host's directory with the state of all containers. */
async function imageWithLink(name: string, target: string): Promise<string> {
  const path = await ownRootfs(newDirectory());
  rmSync(join(path, name), { force: true, recursive: true });
  symlinkSync(target, join(path, name));
  return path;
}

describe('a descriptor of the host that a start has open (CVE-2024-21626)', () => {
  it('is no working directory', async () => {
    for (const fd of descriptors) {
      expect(await refusal(box(['true'], { cwd: `/proc/self/fd/${fd}` }))).toMatchObject(beyond);
    }
  });

  it('is none for a terminal or an init, nor by a link of the image', async () => {
    for (const fd of descriptors.filter((each) => each > 2)) {
      const rootfs = await imageWithLink('work', `/proc/self/fd/${fd}`);
      for (const options of [{}, { tty: true }, { init: true }])
        expect(await refusal(box(['true'], { rootfs, cwd: '/work', ...options }))).toMatchObject(beyond);
    }
  });

  it('is none for a command in a container', async () => {
    await using container = await makeContainer(['sleep', '1000']);
    await container.start();
    for (const fd of descriptors) {
      for (const tty of [false, true])
        expect(await refusal(container.exec(['true'], { cwd: `/proc/self/fd/${fd}`, tty }))).toMatchObject(
          beyond,
        );
    }
  });

  it('leads to no program of the host', async () => {
    const outside = newDirectory();
    execFileSync('cp', ['/bin/true', join(outside, 'program')]);
    for (const fd of descriptors.filter((each) => each > 2)) {
      const rootfs = await imageWithLink(
        'bin/job',
        `/proc/self/fd/${fd}/../../../../../../${outside}/program`,
      );
      const script = join(rootfs, 'bin/script');
      writeFileSync(script, `#!/proc/self/fd/${fd}/../../../../../../${outside}/program\n`, { mode: 0o755 });
      for (const command of ['job', 'script'])
        expect(await refusal(box([command], { rootfs }))).toMatchObject({ code: 'COMMAND_NOT_FOUND' });
    }
  });

  it('is nowhere that mount points are made', async () => {
    const made = join(runtimeDirectory, '..', 'made');
    for (const fd of descriptors.filter((each) => each > 2)) {
      const rootfs = await imageWithLink('mnt', `/proc/self/fd/${fd}/../..`);
      const source = newDirectory();
      writeFileSync(join(source, 'file'), '');
      for (const mount of [
        { type: 'tmpfs' as const, target: '/mnt/made/below' },
        { source: join(source, 'file'), target: '/mnt/made' },
      ]) {
        expect((await refusal(box(['true'], { rootfs, mounts: [mount] })))['operation']).toContain(
          'mount point',
        );
      }
      expect((await refusal(box(['true'], { rootfs, cwd: '/mnt/made' })))['code']).toBe(beyond.code);
    }
    expect(existsSync(made)).toBe(false);
  });
});

it('mount points are made through links of the image that stay inside', async () => {
  const rootfs = await imageWithLink('var', 'usr/../srv');
  mkdirSync(join(rootfs, 'srv'), { recursive: true });
  symlinkSync('/opt/data', join(rootfs, 'srv/link'));
  mkdirSync(join(rootfs, 'opt/data'), { recursive: true });
  const mounts = [{ type: 'tmpfs' as const, target: '/var/link/a/b' }];
  const { stdout } = await box('cd /opt/data/a/b && pwd && stat -f -c %T . && pwd -P', {
    rootfs,
    mounts,
    cwd: '/var/link/c',
  });
  expect(stdout).toBe('/opt/data/a/b\ntmpfs\n/opt/data/a/b\n');
  expect(readdirSync(join(rootfs, 'opt/data')).toSorted()).toEqual(['a', 'c']);
});
