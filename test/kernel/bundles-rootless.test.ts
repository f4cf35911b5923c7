/** OCI bundles of an ordinary user, on every layout of cgroups. */
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rootlessOciConfig } from '@tc/core/oci';
import { readCgroupHost } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Change, Config } from '../support/bundles.ts';
import type { Answer, Job } from '../support/child.ts';
import { newDirectory, newName, watchLeftovers } from '../support/kernel.ts';
import { canBeOrdinary, nobody, ordinaryUser } from '../support/ordinary-user.ts';
import { cgroupMode, mode, requires } from '../support/requires.ts';
import { hostRoot } from '../support/rootfs.ts';

watchLeftovers();

const cgroup2 = readCgroupHost().v2?.mountPoint;
/** A cgroup that root gives to `nobody`, and a cgroup below it to start in. */
const delegated = join(cgroup2 ?? '/', `bundles-${process.pid}`);
const main = join(delegated, 'main');

beforeEach(() => {
  if (cgroup2 === undefined) return;
  if (cgroupMode === 'v2') writeFileSync(join(cgroup2, 'cgroup.subtree_control'), '+memory +pids +cpu');
  mkdirSync(main, { recursive: true });
  for (const file of ['', 'cgroup.procs', 'cgroup.subtree_control', 'cgroup.threads'])
    chownSync(join(delegated, file), nobody, nobody);
});

afterEach(() => {
  if (cgroup2 === undefined) return;
  for (const path of [main, delegated]) if (existsSync(path)) rmdirSync(path); // fails where one is left below
});

function runAsNobody(
  script: string,
  change: Change = () => {},
  { exec, ...circumstances }: { cgroup?: string } & Pick<Job, 'exec'> = {},
): Promise<Answer> {
  const bundle = newDirectory();
  chmodSync(bundle, 0o755);
  const config = rootlessOciConfig({ uid: nobody, gid: nobody }) as unknown as Config;
  Object.assign(config.process, { terminal: false, args: ['sh', '-c', script] });
  Object.assign(config, { root: { path: hostRoot, readonly: true } });
  change(config);
  writeFileSync(join(bundle, 'config.json'), JSON.stringify(config));
  const options = { name: newName(), rootfs: hostRoot };
  return ordinaryUser(circumstances).run({ command: [], options, bundle, ...(exec && { exec }) });
}

const limited: Change = (config) => {
  config.linux['resources'] = { memory: { limit: 64 * 2 ** 20 }, pids: { limit: 20 } };
};

// On an emulated machine each start of Node.js as another user takes most of a minute: few tests see much.
describe('the bundle of an ordinary user', () => {
  it('runs in its own user namespace, and has more run in it', async (context) => {
    requires(context, canBeOrdinary);
    const script = 'id -u; tr -s " " </proc/self/uid_map; cat /proc/self/setgroups /proc/1/comm';
    const answer = await runAsNobody('exec sleep 600', undefined, { exec: ['sh', '-c', script] });
    expect(answer).toMatchObject({ stdout: '0\n 0 65534 1\ndeny\nsleep\n', stderr: '' });
  });

  it('is held to its limits in a cgroup that was delegated', async (context) => {
    requires(context, canBeOrdinary, mode('v2'));
    const script = 'cat /proc/self/cgroup /sys/fs/cgroup/memory.max /sys/fs/cgroup/pids.max';
    const answer = await runAsNobody(script, limited, { cgroup: main });
    expect(answer).toMatchObject({ exitCode: 0, stdout: `0::/\n${64 * 2 ** 20}\n20\n` });
    expect(
      readdirSync(delegated, { withFileTypes: true }).filter((each) => each.isDirectory()),
    ).toMatchObject([{ name: 'main' }]);
  });

  it('is refused limits where no cgroup can be delegated', async (context) => {
    requires(context, canBeOrdinary, mode('v1', 'hybrid'));
    const { error } = await runAsNobody('true', limited);
    expect(error).toMatchObject({ code: 'CGROUP_NOT_DELEGATED' });
  });
});
