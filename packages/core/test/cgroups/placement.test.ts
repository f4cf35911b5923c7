import { describe, expect, it } from 'vitest';
import { cgroupName, containerIdOf, normaliseParent } from '../../src/cgroups/placement.ts';
import { thrownBy } from './fake-facts.ts';

describe('cgroupName', () => {
  it('carries the prefix by which leftovers are told', () => {
    expect(cgroupName('job-1.a_B')).toBe('tctl-job-1.a_B');
    expect(containerIdOf('/cg/memory/tctl-job-1.a_B')).toBe('job-1.a_B');
  });

  it.each(['', '..', 'a/b', '/', '.a', '-a', '_a', 'a b', 'a\0', 'a\n', 'a'.repeat(251)])(
    'refuses %j',
    (id) => {
      expect(thrownBy(() => cgroupName(id)).code).toBe('INVALID_ID');
    },
  );
});

describe('containerIdOf', () => {
  it.each([
    '/cg/memory',
    '/cg/memory/jobs',
    '/cg/tctl-',
    '/cg/tctl-../x',
    '/cg/tctl-a/b',
    '/cg/xtctl-a',
    '/',
    '',
    '/cg/tctl-..',
  ])('takes %j for no container’s', (directory) => {
    expect(containerIdOf(directory)).toBeUndefined();
  });
});

describe('normaliseParent', () => {
  it.each([
    [undefined, ''],
    ['', ''],
    ['/', ''],
    ['jobs', 'jobs'],
    ['/jobs/low', 'jobs/low'],
    ['jobs/low/', 'jobs/low'],
    ['/user.slice/..x', 'user.slice/..x'],
  ])('reads %j as %j', (parent, expected) => {
    expect(normaliseParent(parent)).toBe(expected);
  });

  it.each(['..', '/..', 'a/../b', 'a/..', '.', './a', 'a//b', '//a', 'a\0b', 'a\nb'])(
    'refuses %j',
    (parent) => {
      expect(thrownBy(() => normaliseParent(parent))).toMatchObject({
        code: 'INVALID_CGROUP_PARENT',
        hint: expect.stringContaining('/proc/PID/cgroup'),
      });
    },
  );
});
