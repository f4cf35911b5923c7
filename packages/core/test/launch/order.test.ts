import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { afterClone, startContainer, superviseThrough } from './processes.ts';
import type { Call } from './simulator.ts';
import { makeSpec, planV1, planV2, rootless, variants } from './specs.ts';

const container = (changes?: Parameters<typeof makeSpec>[0]) =>
  startContainer(compileLaunch(makeSpec(changes))).calls;

/** The position of the first call that matches; fails where there is none. */
function position(calls: readonly Call[], name: string, part = ''): number {
  const index = calls.findIndex(
    (call) => call.name === name && `${call.step.what} ${call.strings.join(' ')}`.includes(part),
  );
  expect(index, `${name} ${part}`).not.toBe(-1);
  return index;
}

const lastPosition = (calls: readonly Call[], name: string) => calls.findLastIndex((call) => call.name === name);

describe('the order of the calls', () => {
  it.each(variants)('names nothing of the host once the root has changed: %s', (_, spec) => {
    const simulation = startContainer(compileLaunch(spec));
    const calls = afterClone(simulation);
    const entered = position(calls, spec.rootfs.enter === 'chroot' ? 'chroot' : 'umount2');
    const later = calls.slice(entered + 1);
    expect(later.flatMap(({ strings }) => strings).filter((text) => text.includes('/host'))).toEqual([]);
    const names = new Set(later.map(({ name }) => name));
    for (const name of ['clone3', 'unshare', 'pivot_root', 'fsopen', 'mount', 'sethostname', 'socket', 'openat']) {
      expect(names).not.toContain(name);
    }
  });

  it('goes into the new root before it pivots, and detaches the old one right after', () => {
    const names = container().map(({ name }) => name);
    const at = names.indexOf('pivot_root');
    expect(names.slice(at - 1, at + 3)).toEqual(['fchdir', 'pivot_root', 'umount2', 'chdir']);
  });

  it.each([
    ['v1', planV1],
    ['v2', planV2],
  ])('sets all limits before there is a process that could exceed them: %s', (_, cgroup) => {
    const calls = container({ cgroup });
    const clone = position(calls, 'clone3');
    for (const { what } of [...cgroup.enable, ...cgroup.writes]) {
      expect(position(calls, 'write', what)).toBeLessThan(clone);
    }
    for (const directory of cgroup.directories) {
      expect(position(calls, 'mkdirat', directory)).toBeLessThan(position(calls, 'openat', `${directory}/`));
    }
  });

  it('enables controllers before it makes the cgroup that needs them', () => {
    const calls = container({ cgroup: planV2 });
    const enabled = position(calls, 'write', 'write /host/cg/cgroup.subtree_control');
    expect(enabled).toBeLessThan(position(calls, 'mkdirat', '/host/cg/tctl-box'));
  });

  it('joins the v1 cgroups, in the container itself, before the cgroup namespace is made', () => {
    const calls = container({ cgroup: planV1 });
    const clone = position(calls, 'clone3');
    const namespace = position(calls, 'unshare');
    for (const tasks of planV1.join.tasks) {
      const join = position(calls, 'write', `join ${tasks}`);
      expect(join).toBeGreaterThan(clone);
      expect(join).toBeLessThan(namespace);
    }
  });

  it('makes mounts private before it mounts anything', () => {
    const calls = afterClone(startContainer(compileLaunch(makeSpec())));
    const made = position(calls, 'mount', 'make all mounts private');
    for (const name of ['move_mount', 'open_tree', 'fsmount']) {
      expect(position(calls, name)).toBeGreaterThan(made);
    }
  });

  it('masks paths only once /proc and /sys are attached', () => {
    const calls = container();
    const attached = Math.max(position(calls, 'move_mount', '/proc'), position(calls, 'move_mount', '/sys'));
    const touches = calls.flatMap(({ step }, index) => (/^(hide|make) \/(proc|sys)\/\S+/.test(step.what) ? [index] : []));
    const opened = touches.filter((index) => calls[index]?.name === 'openat2');
    expect(opened).toHaveLength(17);
    expect(Math.min(...touches)).toBeGreaterThan(attached);
  });

  it('makes the root read-only last of all that touches files', () => {
    const calls = container({ rootfs: { mode: 'ro' }, process: { cwd: '/work' } });
    const sealed = position(calls, 'mount_setattr', 'make the root file system read-only');
    for (const name of ['mkdirat', 'move_mount', 'openat2']) {
      expect(lastPosition(calls, name)).toBeLessThan(sealed);
    }
  });

  it('drops the bounding set while it still may, then the user, then the capabilities', () => {
    const calls = container({ process: { uid: 1000, gid: 1000 } });
    const drop = calls.findLastIndex(({ step }) => step.what.startsWith('drop all capabilities'));
    const inOrder = [
      drop,
      position(calls, 'setgroups'),
      position(calls, 'setresgid'),
      position(calls, 'setresuid'),
      position(calls, 'capset'),
      position(calls, 'prctl', 'clear the ambient'),
      position(calls, 'prctl', 'set no_new_privs'),
      position(calls, 'execve'),
    ];
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  });

  it('asks to die with the supervisor after the change of user, which would clear that', () => {
    const calls = container({ process: { uid: 1000, gid: 1000 } });
    expect(position(calls, 'prctl', 'die with the supervisor')).toBeGreaterThan(position(calls, 'setresuid'));
    expect(position(calls, 'prctl', 'die with the supervisor')).toBeLessThan(
      position(calls, 'write', 'tell the supervisor that all is ready'),
    );
  });

  it.each(variants)('closes all descriptors at execve, directly before it: %s', (_, spec) => {
    const calls = startContainer(compileLaunch(spec)).calls;
    const execve = position(calls, 'execve');
    expect(calls[execve - 1]?.name).toBe('close_range');
    expect(calls[execve - 1]?.args).toEqual([3, 0xffffffff, 4]);
  });

  it('tells the user namespace’s owner where its /proc directory is before it asks for a root of its own', () => {
    const calls = afterClone(startContainer(compileLaunch(makeSpec({ namespaces: { user: rootless } }))));
    const names = calls.slice(0, 6).map(({ name }) => name);
    expect(names).toEqual(['rt_sigprocmask', 'openat', 'write', 'read', 'setresgid', 'setresuid']);
  });

  it('reserves the id, and locks it, before it makes anything else', () => {
    const { calls } = superviseThrough(compileLaunch(makeSpec({ cgroup: planV1 })), ['exit']);
    const state = position(calls, 'mkdirat', '/host/run/box');
    expect(calls.findIndex(({ name }) => name === 'mkdirat')).toBe(state);
    const exclusive = calls.findIndex(({ name, args }) => name === 'flock' && args[1] === 6);
    expect(exclusive).toBeGreaterThan(state);
    expect(exclusive).toBeLessThan(position(calls, 'mkdirat', planV1.directories[0]));
  });
});
