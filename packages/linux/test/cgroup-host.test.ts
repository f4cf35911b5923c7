import { describe, expect, test } from 'vitest';
import { detectCgroupHost } from '../src/cgroup-host.ts';
import { type Mount, parseMountinfo } from '../src/kernel-files/mountinfo.ts';
import { type ProcCgroup, parseProcCgroups } from '../src/kernel-files/proc-cgroups.ts';
import { fixture, fixtures } from './fixtures.ts';

const known = ['cpu', 'cpuacct', 'memory', 'pids', 'blkio'].map(
  (name): ProcCgroup => ({ name, hierarchy: 0, numCgroups: 1, enabled: true }),
);

/** A host made up of mountinfo lines, given as `id parent root mountPoint options fsType superOptions`. */
function host(lines: string[], cgroups = known) {
  const mountinfo = lines.flatMap((line) => {
    const [id, parent, root, mountPoint, options, fsType, superOptions] = line.split(' ');
    return parseMountinfo(
      `${id} ${parent} 0:${id} ${root} ${mountPoint} ${options} - ${fsType} x ${superOptions}`,
    );
  });
  return detectCgroupHost({ mountinfo, cgroups });
}

const ROOT = '1 0 / / rw ext4 rw';

describe('detectCgroupHost on captured machines', () => {
  const detect = ({ read }: { read(path: string): string }) =>
    detectCgroupHost({
      mountinfo: parseMountinfo(read('proc/self/mountinfo')),
      cgroups: parseProcCgroups(read('proc/cgroups')),
    });

  test('there is a machine of every mode, or the tests below prove little', () => {
    expect(new Set(fixtures.map(({ mode }) => mode))).toEqual(new Set(['v1', 'v2', 'hybrid']));
  });

  test.each(fixtures)('tells the mode of $name', (captured) => {
    expect(detect(captured).mode).toBe(captured.mode);
  });

  test('finds only the cgroup2 mount on v2', () => {
    expect(detect(fixture('v2-6.1'))).toEqual({
      mode: 'v2',
      v2: { mountPoint: '/sys/fs/cgroup' },
      v1: new Map(),
    });
  });

  test('finds cpu and cpuacct together and no cgroup2 mount on v1', () => {
    const { v1, v2 } = detect(fixture('v1-6.1'));
    const shared = { mountPoint: '/sys/fs/cgroup/cpu,cpuacct', controllers: ['cpu', 'cpuacct'] };
    expect(v2).toBeUndefined();
    expect(v1.get('cpu')).toEqual(shared);
    expect(v1.get('cpuacct')).toEqual(shared);
    expect([...v1.keys()].sort()).toEqual('blkio cpu cpuacct cpuset devices freezer memory pids'.split(' '));
  });

  test('finds cpu and cpuacct apart, beside an empty cgroup2, on the hybrid machine', () => {
    const { v1, v2 } = detect(fixture('hybrid-6.18'));
    expect(v2).toEqual({ mountPoint: '/sys/fs/cgroup/unified' });
    expect(v1.get('cpu')).toEqual({ mountPoint: '/sys/fs/cgroup/cpu', controllers: ['cpu'] });
    expect(v1.get('cpuacct')).toEqual({ mountPoint: '/sys/fs/cgroup/cpuacct', controllers: ['cpuacct'] });
  });
});

describe('detectCgroupHost on made-up hosts', () => {
  test('says none when no cgroup filesystem is mounted', () => {
    expect(host([ROOT])).toEqual({ mode: 'none', v1: new Map() });
  });

  test('says none for no mounts at all', () => {
    expect(detectCgroupHost({ mountinfo: [], cgroups: [] }).mode).toBe('none');
  });

  test('takes paths from mountinfo, wherever cgroup2 is mounted', () => {
    expect(host([ROOT, '2 1 / /opt/my\\040cg rw cgroup2 rw']).v2).toEqual({ mountPoint: '/opt/my cg' });
  });

  test('does not take a named hierarchy, a flag or a release agent for a controller', () => {
    const lines = [ROOT, '2 1 / /a rw cgroup rw,xattr,name=systemd', '3 1 / /b rw cgroup2 rw'];
    expect(host(lines)).toMatchObject({ mode: 'v2', v2: { mountPoint: '/b' } });
    expect(host([ROOT, '2 1 / /a rw cgroup rw,noprefix,memory,release_agent=/x,clone_children']).v1).toEqual(
      new Map([['memory', { mountPoint: '/a', controllers: ['memory'] }]]),
    );
  });

  test('tells controllers from flags without /proc/cgroups', () => {
    const { v1 } = host(
      [ROOT, '2 1 / /a rw cgroup rw,seclabel,xattr,cpu,cpuacct,release_agent=/x,name=y'],
      [],
    );
    expect(v1.get('cpu')?.controllers).toEqual(['cpu', 'cpuacct']);
    expect([...v1.keys()]).toEqual(['cpu', 'cpuacct']);
  });

  test('counts a read-only mount when there is no other, since it can still be read', () => {
    expect(host([ROOT, '2 1 / /sys/fs/cgroup ro,nosuid cgroup2 rw']).mode).toBe('v2');
  });
});

describe('detectCgroupHost with several mounts of one hierarchy', () => {
  test('takes the first', () => {
    expect(host([ROOT, '2 1 / /a rw cgroup2 rw', '3 1 / /b rw cgroup2 rw']).v2?.mountPoint).toBe('/a');
  });

  test('takes the first also for each controller of v1', () => {
    const { v1 } = host([ROOT, '2 1 / /a rw cgroup rw,memory', '3 1 / /b rw cgroup rw,memory']);
    expect(v1.get('memory')?.mountPoint).toBe('/a');
  });

  test('is not misled by a second mount over the root directory', () => {
    expect(host([ROOT, '2 1 / /cg rw cgroup2 rw', '3 1 / / rw tmpfs rw']).mode).toBe('v2');
  });

  test('passes over a bind mount of a subtree and a mount older than the cgroup namespace', () => {
    const lines = [ROOT, '2 1 /docker/abc /a rw cgroup rw,memory', '3 1 /../.. /b rw cgroup rw,memory'];
    expect(host(lines).mode).toBe('none');
    expect(host([...lines, '4 1 / /c rw cgroup rw,memory']).v1.get('memory')?.mountPoint).toBe('/c');
  });

  test('prefers a writable mount to an earlier read-only one', () => {
    expect(host([ROOT, '2 1 / /a ro cgroup2 rw', '3 1 / /b rw cgroup2 rw']).v2?.mountPoint).toBe('/b');
    expect(host([ROOT, '2 1 / /a rw cgroup2 ro', '3 1 / /b rw cgroup2 rw']).v2?.mountPoint).toBe('/b');
  });

  test('passes over a mount that another hides at the same place', () => {
    const lines = [ROOT, '2 1 / /cg rw cgroup2 rw', '3 2 / /cg rw tmpfs rw'];
    expect(host(lines).mode).toBe('none');
    expect(host([...lines, '4 3 / /cg/memory rw cgroup rw,memory'])).toMatchObject({ mode: 'v1' });
  });

  test('passes over a mount below a directory that another hides', () => {
    const lines = [
      ROOT,
      '2 1 / /sys rw sysfs rw',
      '3 2 / /sys/fs/cgroup rw cgroup2 rw',
      '4 2 / /sys rw sysfs rw',
    ];
    expect(host(lines).mode).toBe('none');
  });

  test('keeps a mount beside one whose name is a prefix of its own', () => {
    expect(host([ROOT, '2 1 / /cg rw tmpfs rw', '3 1 / /cg2 rw cgroup2 rw']).mode).toBe('v2');
  });

  test('takes the upper of two stacked mounts', () => {
    const lines = [ROOT, '2 1 / /cg ro cgroup2 rw', '3 2 / /cg rw cgroup2 rw'];
    expect(host(lines).v2?.mountPoint).toBe('/cg');
  });

  test('ends on a mount table that is a circle', () => {
    const lines = ['1 2 / /a rw tmpfs rw', '2 1 / /a/b rw cgroup2 rw', '3 3 / /a/b/c rw cgroup rw,memory'];
    expect(host(lines).mode).toBe('v2');
  });

  test('does not change the mounts that it was given', () => {
    const mounts: readonly Mount[] = Object.freeze(
      parseMountinfo(fixture('v1-6.1').read('proc/self/mountinfo')),
    );
    const before = structuredClone(mounts);
    detectCgroupHost({ mountinfo: mounts, cgroups: known });
    expect(mounts).toEqual(before);
  });
});
