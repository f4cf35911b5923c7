import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { notation as explained } from '../../src/launch/explain.ts';
import { afterClone, errorWrite, startContainer, superviseThrough } from './processes.ts';
import type { Call } from './simulator.ts';
import { makeSpec, planV1, planV2, rootless, variants } from './specs.ts';

type Changes = Parameters<typeof makeSpec>[0];
/** All calls up to the execve, as the container's process sees them. */
const callsFor = (changes?: Changes) => startContainer(compileLaunch(makeSpec(changes))).calls;

/** The position of the first call with that name, that string among its arguments, that first argument. */
function position(
  calls: readonly Call[],
  name: string,
  about: { string?: string; first?: number } = {},
): number {
  const index = calls.findIndex(
    (call) =>
      call.name === name &&
      (about.string === undefined || call.strings.includes(about.string)) &&
      (about.first === undefined || call.args[0] === about.first),
  );
  expect(index, `${name} ${JSON.stringify(about)}`).not.toBe(-1);
  return index;
}

const [PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT] = [1, 24, 38, 47];

describe('the order of the calls', () => {
  it.each(variants)('names nothing of the host once the root has changed: %s', (_, spec) => {
    const calls = afterClone(startContainer(compileLaunch(spec)));
    const entered = position(calls, spec.rootfs.enter === 'chroot' ? 'chroot' : 'umount2');
    const later = calls.slice(entered + 1);
    expect(later.flatMap(({ strings }) => strings).filter((text) => text.includes('/host'))).toEqual([]);
    // A terminal is opened below the descriptor of its devpts; init forks without any new namespace.
    const isOwn = ({ name, strings, step }: Call) =>
      (name === 'openat' && strings[0] === 'ptmx' && step.args[0]?.kind === 'value') ||
      (name === 'clone' && explained(step) === 'command_pid = clone(SIGCHLD, NULL, NULL, NULL, NULL)');
    const names = new Set(later.filter((call) => !isOwn(call)).map(({ name }) => name));
    for (const name of [
      'clone',
      'clone3',
      'unshare',
      'pivot_root',
      'fsopen',
      'mount',
      'sethostname',
      'socket',
      'openat',
    ]) {
      expect(names).not.toContain(name);
    }
  });

  it('goes into the new root before it pivots, and detaches the old one right after', () => {
    const names = callsFor().map(({ name }) => name);
    const at = names.indexOf('pivot_root');
    expect(names.slice(at - 1, at + 3)).toEqual(['fchdir', 'pivot_root', 'umount2', 'chdir']);
  });

  it.each([
    ['v1', planV1],
    ['v2', planV2],
  ])('sets all limits before there is a process that could exceed them: %s', (_, cgroup) => {
    const calls = callsFor({ cgroup });
    const clone = position(calls, 'clone3');
    for (const { path, value } of [...cgroup.enable, ...cgroup.writes]) {
      const opened = position(calls, 'openat', { string: path });
      expect(calls[opened + 1]).toMatchObject({ name: 'write', strings: [value] });
      expect(opened).toBeLessThan(clone);
    }
  });

  it('enables controllers before it makes the cgroup that needs them', () => {
    const calls = callsFor({ cgroup: planV2 });
    const enabled = position(calls, 'openat', { string: '/host/cg/cgroup.subtree_control' });
    expect(enabled).toBeLessThan(position(calls, 'mkdirat', { string: '/host/cg/tctl-box' }));
  });

  it('joins the v1 cgroups, in the container itself, before the cgroup namespace is made', () => {
    const calls = afterClone(startContainer(compileLaunch(makeSpec({ cgroup: planV1 }))));
    const before = calls.slice(0, position(calls, 'unshare'));
    const joins = before.filter(({ name, strings }) => name === 'write' && strings[0] === '0');
    expect(joins).toHaveLength(planV1.join.tasks.length);
  });

  it('makes mounts private before it mounts anything', () => {
    const calls = afterClone(startContainer(compileLaunch(makeSpec())));
    const made = position(calls, 'mount', { string: '/' });
    for (const name of ['move_mount', 'open_tree', 'fsmount']) {
      expect(position(calls, name)).toBeGreaterThan(made);
    }
  });

  it('masks paths only once /proc and /sys are attached', () => {
    const spec = makeSpec();
    const { calls } = startContainer(compileLaunch(spec));
    const attached = ['/proc', '/sys'].map((string) => position(calls, 'openat2', { string }) + 1);
    for (const at of attached) expect(calls[at]?.name).toBe('move_mount');
    for (const { path } of [...spec.process.maskedPaths, ...spec.process.readonlyPaths]) {
      expect(position(calls, 'openat2', { string: path })).toBeGreaterThan(Math.max(...attached));
    }
  });

  it('seals an overlay last of all that touches files', () => {
    const calls = callsFor({ rootfs: { mode: 'overlay-ro' }, process: { cwd: '/work' } });
    const last = (name: string) => calls.findLastIndex((call) => call.name === name);
    for (const name of ['mkdirat', 'move_mount', 'openat2']) {
      expect(last(name)).toBeLessThan(last('mount_setattr'));
    }
  });

  it('makes a root that nobody writes read-only before it is anywhere to be written to', () => {
    const calls = callsFor({ rootfs: { mode: 'ro' } });
    const names = calls
      .slice(position(calls, 'open_tree', { string: '/host/rootfs' }))
      .map(({ name }) => name);
    expect(names.indexOf('mount_setattr')).toBeLessThan(names.indexOf('move_mount'));
  });

  it('drops the bounding set while it still may, then the user, then the capabilities', () => {
    const calls = callsFor({ process: { uid: 1000, gid: 1000 } });
    const inOrder = [
      calls.findLastIndex(({ name, args }) => name === 'prctl' && args[0] === PR_CAPBSET_DROP),
      position(calls, 'setgroups'),
      position(calls, 'setresgid'),
      position(calls, 'setresuid'),
      position(calls, 'capset'),
      position(calls, 'prctl', { first: PR_CAP_AMBIENT }),
      position(calls, 'prctl', { first: PR_SET_NO_NEW_PRIVS }),
      position(calls, 'execve'),
    ];
    expect(inOrder).toEqual(inOrder.toSorted((a, b) => a - b));
  });

  it('asks to die with the supervisor after the change of user, which would clear that', () => {
    const calls = callsFor({ process: { uid: 1000, gid: 1000 } });
    const asked = position(calls, 'prctl', { first: PR_SET_PDEATHSIG });
    expect(asked).toBeGreaterThan(position(calls, 'setresuid'));
    // Whether the supervisor was gone by then, the write to its pipe shows.
    expect(asked).toBeLessThan(calls.findLastIndex(({ name }) => name === 'write'));
  });

  it.each(variants)('has only the error pipe left when it looks up paths of the image: %s', (_, spec) => {
    const calls = afterClone(startContainer(compileLaunch(spec)));
    const closed = position(calls, 'close_range');
    expect(calls.slice(closed, closed + 2).map(({ name, args }) => [name, ...args])).toEqual([
      ['close_range', 3, errorWrite - 1, 0],
      ['close_range', errorWrite + 1, 0xffffffff, 0],
    ]);
    const opens = ['openat', 'openat2', 'open_tree', 'socket', 'fsopen', 'pipe2', 'dup3'];
    expect(calls.slice(closed).filter(({ name }) => opens.includes(name))).toEqual([]);
    for (const name of ['chdir', 'execve']) {
      expect(calls.findLastIndex((call) => call.name === name)).toBeGreaterThan(closed);
    }
  });

  it('becomes root of a user namespace only when the supervisor has mapped it', () => {
    const calls = afterClone(startContainer(compileLaunch(makeSpec({ namespaces: { user: rootless } }))));
    const names = calls.slice(0, 6).map(({ name }) => name);
    expect(names).toEqual(['rt_sigprocmask', 'openat', 'write', 'read', 'setresgid', 'setresuid']);
  });

  it('reserves the id, and locks it, before it makes anything else', () => {
    const { calls } = superviseThrough(compileLaunch(makeSpec({ cgroup: planV1 })), ['exit']);
    const state = position(calls, 'mkdirat');
    expect(calls[state]?.strings).toEqual(['/host/run/box']);
    const locked = calls.findIndex(({ name, args }) => name === 'flock' && args[1] === 6); // LOCK_EX|LOCK_NB
    expect(locked).toBeGreaterThan(state);
    expect(locked).toBeLessThan(position(calls, 'mkdirat', { string: '/host/cg/memory/tctl-box' }));
  });
});
