import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs';
import type { Limits } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { box, cgroupFile, newName, output, refusal, watchLeftovers } from '../support/kernel.ts';
import { cgroupMountPoints } from '../support/leftovers.ts';
import { aDisk, cgroupMode, controller, disk, mode, requires } from '../support/requires.ts';

watchLeftovers();

const MiB = 2 ** 20;
const isV2 = cgroupMode === 'v2';

/** What limits must read like, by file, and the v1 hierarchy that has it. */
const cases: { limits: Limits; v1: Record<string, [string, string]>; v2: Record<string, string> }[] = [
  {
    limits: { memory: '64m', memoryLow: '8m', memorySwap: '16m' },
    v1: {
      'memory.limit_in_bytes': ['memory', `${64 * MiB}`],
      'memory.soft_limit_in_bytes': ['memory', `${8 * MiB}`],
    },
    v2: {
      'memory.max': `${64 * MiB}`,
      'memory.low': `${8 * MiB}`,
      'memory.swap.max': `${16 * MiB}`,
    },
  },
  { limits: { pids: 17 }, v1: { 'pids.max': ['pids', '17'] }, v2: { 'pids.max': '17' } },
  {
    limits: { cpus: 0.25, cpuWeight: 50 },
    v1: {
      'cpu.cfs_quota_us': ['cpu', '25000'],
      'cpu.cfs_period_us': ['cpu', '100000'],
      'cpu.shares': ['cpu', '512'],
    },
    v2: { 'cpu.max': '25000 100000', 'cpu.weight': '50' },
  },
  { limits: { cpuset: '0' }, v1: { 'cpuset.cpus': ['cpuset', '0'] }, v2: { 'cpuset.cpus': '0' } },
];

describe('limits', () => {
  it.each(cases)(
    '$limits stand in the kernel’s files, seen from outside and inside',
    async ({ limits, v1, v2 }) => {
      const expected: [name: string, place: string, value: string][] = isV2
        ? Object.entries(v2).map(([name, value]) => [name, '/sys/fs/cgroup', value])
        : Object.entries(v1).map(([name, [place, value]]) => [name, `/sys/fs/cgroup/${place}`, value]);
      const script = expected.map(([name, place]) => `cat ${place}/${name}`).join('; ');
      await using run = box(['sleep', '1000'], { limits });
      await run.started;
      for (const [name, , value] of expected) expect([name, cgroupFile(run.id, name)]).toEqual([name, value]);
      const inside = await output(script, { limits });
      expect(inside.trim().split('\n')).toEqual(expected.map(([, , value]) => value));
    },
  );

  it('can’t be changed from inside', async () => {
    const limits = { memory: '64m', pids: 17 };
    const script =
      'for f in $(find /sys/fs/cgroup -name "*.max" -o -name "*limit_in_bytes" -o -name cgroup.procs); do echo 99 > $f && echo changed $f; done; ls -d /sys/fs/cgroup; mkdir /sys/fs/cgroup/x /sys/fs/cgroup/*/x';
    const { stdout, stderr } = await box(script, { limits });
    expect(stdout).toBe('/sys/fs/cgroup\n');
    expect(stderr.match(/Read-only file system/g)?.length).toBeGreaterThan(5);
    expect(stderr).toMatch(/mkdir: .*Read-only file system/);
  });

  it('are seen by a container as those of the root: it is in a cgroup namespace', async () => {
    const text = await output('cat /proc/self/cgroup', { limits: { memory: '64m', pids: 17 } });
    expect(
      text
        .trim()
        .split('\n')
        .map((line) => line.split(':')[2]),
    ).toEqual(expect.arrayContaining(['/']));
    expect(text).not.toMatch(/tctl/);
  });

  it('of a disk stand in the kernel’s files', async (context) => {
    requires(context, aDisk, controller('blkio', 'io'));
    const { device = '', path = '' } = disk() ?? {};
    for (const name of [device, path]) {
      const limits = { io: [{ device: name, readBps: '1m', writeBps: '2m', readIops: 300, writeIops: 400 }] };
      await using run = box(['sleep', '1000'], { limits });
      await run.started;
      if (isV2) {
        expect(cgroupFile(run.id, 'io.max')).toBe(
          `${device} rbps=${MiB} wbps=${2 * MiB} riops=300 wiops=400`,
        );
        continue;
      }
      const read = (file: string) => cgroupFile(run.id, `blkio.throttle.${file}_device`);
      expect(['read_bps', 'write_bps', 'read_iops', 'write_iops'].map(read)).toEqual(
        [MiB, 2 * MiB, 300, 400].map((rate) => `${device} ${rate}`),
      );
    }
  });

  it('bind the container to its CPUs', async (context) => {
    requires(context, controller('cpuset'));
    expect(await output('grep Cpus_allowed_list /proc/self/status', { limits: { cpuset: '0' } })).toBe(
      'Cpus_allowed_list:\t0\n',
    );
  });

  it('slow a container down above memoryHigh, on v2', async (context) => {
    requires(context, mode('v2'));
    await using run = box(['sleep', '1000'], { limits: { memoryHigh: '32m', memory: '64m' } });
    await run.started;
    expect(cgroupFile(run.id, 'memory.high')).toBe(`${32 * MiB}`);
  });

  it('that v1 does not have are an error there, or a warning on request', async (context) => {
    requires(context, mode('v1', 'hybrid'));
    const limits = { memoryHigh: '32m' };
    const error = await refusal(box(['true'], { limits }));
    expect(error).toMatchObject({ code: 'LIMIT_UNSUPPORTED', operation: 'set the limit memoryHigh' });
    expect(error['hint']).toMatch(/v2/);
    const { exitCode, warnings } = await box(['true'], { limits, onUnsupported: 'warn' });
    expect(exitCode).toBe(0);
    expect(warnings).toEqual([expect.stringMatching(/memoryHigh/)]);
  });

  it('can be set in a cgroup parent that is given', async () => {
    const parent = newName();
    const directories = cgroupMountPoints().map((point) => `${point}/${parent}`);
    for (const directory of directories) mkdirSync(directory);
    try {
      await using run = box(['sleep', '1000'], { limits: { pids: 9 }, cgroupParent: parent });
      await run.started;
      const files = directories.map((directory) => `${directory}/tctl-${run.id}/pids.max`).filter(existsSync);
      expect(files.map((file) => readFileSync(file, 'utf8'))).toEqual(['9\n']);
    } finally {
      for (const directory of directories) rmdirSync(directory);
    }
  });
});
