/** `podman stats`, with containers of its own: it looks at no others. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { removePodmanParent } from '../../support/podman-cgroups.ts';
import { cpuMsOf, type Other } from './others.ts';

const count = 10;
const cgroupParent = `/bench-podman-${process.pid}`;

/** CPU time of one refresh for one container, without what it takes to start. */
export async function measurePodman(refreshes: number): Promise<Other> {
  const name = `podman stats, ${count} containers`;
  const directory = mkdtempSync(join(tmpdir(), 'bench-podman-'));
  const places = [`--root=${directory}/root`, `--runroot=${directory}/run`, `--tmpdir=${directory}/tmp`];
  // crun refuses machines that have both versions of cgroups; the overlay driver leaves a mount.
  const choices = ['--storage-driver=vfs', '--runtime=runc', '--cgroup-manager=cgroupfs'];
  const podman = ['podman', ...places, ...choices];
  const run = (...args: string[]) =>
    execFileSync('env', [...podman, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const stats = (seconds: number) =>
    cpuMsOf(`{ timeout -s INT ${seconds}.5 ${podman.join(' ')} stats --interval 1 --format json || true; }`);
  try {
    const rootfs = join(directory, 'rootfs');
    const shared = ['bin', 'lib', 'lib64', 'usr'].flatMap((each) => [`--volume=/${each}:/${each}:ro`]);
    for (const each of ['bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'run', 'sys', 'tmp', 'usr'])
      mkdirSync(join(rootfs, each), { recursive: true });
    const limits = ['--ulimit=nofile=1024:1024', '--ulimit=nproc=1000:1000', '--memory=64m'];
    for (let made = 0; made < count; made += 1)
      run(
        'run',
        '-d',
        `--cgroup-parent=${cgroupParent}`,
        '--network=none',
        ...limits,
        ...shared,
        '--rootfs',
        rootfs,
        'sleep',
        '600',
      );
    return { name, cpuMs: (stats(refreshes + 1) - stats(1)) / refreshes / count };
  } catch (error) {
    return { name, cpuMs: undefined, reason: (error as Error).message.split('\n')[0] ?? '' };
  } finally {
    try {
      run('rm', '--all', '--force', '--time', '0');
      await removePodmanParent(cgroupParent);
    } catch {} // it is not installed
    rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 }); // conmon tidies up, too
  }
}
