import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import type { CallStep } from '../../src/launch/program.ts';
import type { UserNamespaceSpec } from '../../src/launch/spec.ts';
import { bindMount, makeSpec, rootless } from './specs.ts';

function calls(user: Partial<UserNamespaceSpec>): CallStep[] {
  const { steps } = compileLaunch(
    makeSpec({
      namespaces: { user: { ...rootless, ...user } },
      rootfs: { mode: 'overlay', layers: ['/host/top', '/host/base'], upper: '/host/upper' },
      mounts: [bindMount({ source: '/host/data' }), bindMount({ source: '/host/data', target: '/again' })],
    }),
  );
  return steps.filter((step) => step.op === 'call');
}

const index = (all: readonly CallStep[], what: RegExp | string) =>
  all.findIndex((call) => (typeof what === 'string' ? call.call === what : what.test(call.what)));

describe('shifted mounts', () => {
  const shifted = calls({ shiftMounts: true });
  const clone = index(shifted, 'clone3');
  const opened = (all: readonly CallStep[]) =>
    all
      .filter(({ what }) => /^open the (root file system|upper layer|mount source)/.test(what))
      .map(({ what }) => what);

  it('are opened by the supervisor before the clone, each use on its own, and by nobody else', () => {
    expect(opened(shifted.slice(0, clone))).toEqual([
      'open the root file system /host/top',
      'open the root file system /host/base',
      'open the upper layer /host/upper',
      'open the mount source /host/data',
      'open the mount source /host/data',
    ]);
    expect(opened(shifted.slice(clone))).toEqual([]);
  });

  it('get the user namespace once it is mapped, and before the container goes on', () => {
    const of = shifted.flatMap(({ what }, at) => (/^shift the owners/.test(what) ? [at] : []));
    expect(of).toHaveLength(5);
    expect(Math.min(...of)).toBeGreaterThan(index(shifted, /^write gid_map/));
    expect(Math.max(...of)).toBeLessThan(index(shifted, /^let the container go on/));
  });

  it('are opened by the container itself everywhere else', () => {
    const usual = calls({});
    const after = index(usual, 'clone3');
    expect(opened(usual.slice(0, after))).toEqual([]);
    expect(opened(usual.slice(after))).toHaveLength(5);
    expect(index(usual, /^shift the owners/)).toBe(-1);
  });
});

describe('maps that newuidmap writes', () => {
  it('are asked for, and not written by the supervisor', () => {
    const asked = calls({ mapper: 'newuidmap', denySetgroups: false });
    expect(index(asked, /^ask Node.js to map the ids/)).toBeGreaterThan(index(asked, 'clone3'));
    expect(index(asked, /^write (uid_map|gid_map|setgroups)/)).toBe(-1);
    expect(index(asked, 'pidfd_getfd')).toBe(-1);
  });
});
