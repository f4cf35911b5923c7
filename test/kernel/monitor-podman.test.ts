/** Names that another runtime keeps, from its real state. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readCgroupHost } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installed } from '../support/installed.ts';
import { makeMonitor } from '../support/monitored.ts';
import { removePodmanParent } from '../support/podman-cgroups.ts';
import { type Need, requires } from '../support/requires.ts';
import { scaled } from '../support/scale.ts';

const run = promisify(execFile);
/** runc knows hybrid hosts; crun refuses them. */
const podman = (...args: readonly string[]) =>
  run('podman', ['--runtime', 'runc', '--cgroup-manager', 'cgroupfs', ...args], {
    timeout: scaled(30_000),
    encoding: 'utf8',
  });

const name = `podman-test-${process.pid}`;
const cgroupParent = `/${name}`;
let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tctl-podman-'));
});
afterEach(async () => {
  await podman('rm', '--force', '--time', '0', name).catch(() => {});
  await removePodmanParent(cgroupParent);
  rmSync(root, { recursive: true, force: true });
});

/** A container of host files, without a network. Whatever podman says against it is not ours to mend. */
async function startContainer(): Promise<{ id: string } | { reason: string }> {
  for (const directory of ['bin', 'dev', 'etc', 'lib', 'lib64', 'proc', 'sys', 'tmp', 'usr', 'run'])
    mkdirSync(join(root, directory));
  const shared = ['usr', 'lib', 'lib64', 'bin'].flatMap((each) => ['--volume', `/${each}:/${each}:ro`]);
  const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=1000:1000', '--memory', '64m'];
  const command = ['--rootfs', root, 'sleep', '600'];
  try {
    const { stdout } = await podman(
      'run',
      '-d',
      '--name',
      name,
      '--network',
      'none',
      '--cgroup-parent',
      cgroupParent,
      ...limits,
      ...shared,
      ...command,
    );
    return { id: stdout.trim() };
  } catch (error) {
    return { reason: `podman can't run a container here: ${(error as { stderr?: string }).stderr?.trim()}` };
  }
}

const layoutOfPodman: Need = () =>
  readCgroupHost().v1.size > 0 ? undefined : 'it takes the systemd of a booted machine on cgroup2';

describe("podman's container", () => {
  it('has the name and the figures that podman says', { timeout: scaled(90_000) }, async (context) => {
    requires(context, installed('podman'), installed('runc'), layoutOfPodman);
    await using monitor = makeMonitor();
    const started = await startContainer();
    if ('reason' in started) return context.skip(started.reason);
    const ours = async () => {
      for await (const { cgroups } of monitor) {
        const sample = cgroups.find(({ cgroup }) => cgroup.id === started.id && cgroup.name === name);
        if (sample !== undefined) return sample;
      }
      return undefined;
    };
    expect(await ours()).toMatchObject({
      cgroup: { kind: 'podman', name },
      figures: { pids: 1, memoryLimitBytes: 64 * 2 ** 20 },
    });
    const { stdout } = await podman('inspect', '--format', '{{.Id}} {{.Name}}', name);
    expect(stdout.trim()).toBe(`${started.id} ${name}`);
  });
});
