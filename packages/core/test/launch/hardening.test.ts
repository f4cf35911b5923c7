import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { startContainer, superviseThrough } from './processes.ts';
import type { Call } from './simulator.ts';
import { makeSpec, planV1, planV2, rootless } from './specs.ts';

/** The flags and numbers on which the isolation rests, as the kernel gets them. */
const spec = makeSpec({ cgroup: planV1, timeoutMs: 1500 });
const { calls, memory } = startContainer(compileLaunch(spec));
const named = (name: string, of: readonly Call[] = calls) => of.filter((call) => call.name === name);

/** The 8-byte words that an argument points to. */
function wordsAt(call: Call | undefined, index: number, of = memory): number[] {
  const place = call?.args[index];
  if (typeof place !== 'object') throw new Error(`argument ${index} of ${call?.name} is no address`);
  const content = of.of(place.datum);
  return Array.from({ length: content.length / 8 }, (_, word) => Number(content.readBigInt64LE(word * 8)));
}

const resolve = { noXdev: 1, noMagicLinks: 2, noSymlinks: 4, beneath: 8, inRoot: 16 };
const attribute = { readOnly: 1, noSuid: 2, noDevices: 4, noExec: 8 };
const [O_NOFOLLOW, O_PATH] = [0o400000, 0o10000000];
const MS_PRIVATE = 1 << 18;

describe('paths of the kernel’s file systems', () => {
  const paths = [...spec.process.maskedPaths, ...spec.process.readonlyPaths].map(({ path }) => path);

  it.each(paths)('are opened where they are, and nowhere else: %s', (path) => {
    const [open] = named('openat2').filter(({ strings }) => strings[0] === path);
    const [flags, mode, how] = wordsAt(open, 2);
    expect((flags ?? 0) & (O_NOFOLLOW | O_PATH)).toBe(O_NOFOLLOW | O_PATH);
    expect([mode, how]).toEqual([0, resolve.beneath | resolve.noSymlinks | resolve.noXdev]);
    expect(open?.args[0]).toBeGreaterThan(0); // below the mount's own descriptor
  });

  it.each(['/proc', '/sys', '/dev', '/tmp'])('are never mounted through a link of the image: %s', (path) => {
    const [open] = named('openat2').filter(({ strings }) => strings[0] === path);
    expect(wordsAt(open, 2)[2]).toBe(resolve.noSymlinks);
  });

  it.each(['pts', 'shm', 'mqueue', 'fs/cgroup'])('stay below the mount that they belong to: %s', (path) => {
    const [open] = named('openat2').filter(({ strings }) => strings[0] === path);
    expect(wordsAt(open, 2)[2]).toBe(resolve.beneath | resolve.noSymlinks);
  });

  it('that are read-only are so with all that is mounted below', () => {
    for (const { path } of spec.process.readonlyPaths) {
      const at = calls.findIndex(({ name, strings }) => name === 'openat2' && strings[0] === path);
      const seal = calls.slice(at).find(({ name }) => name === 'mount_setattr');
      const all = attribute.readOnly | attribute.noSuid | attribute.noDevices | attribute.noExec;
      expect(wordsAt(seal, 3)).toEqual([all, 0, MS_PRIVATE, 0]);
      expect(seal?.args[2]).toBe(0x1000 | 0x8000); // AT_EMPTY_PATH|AT_RECURSIVE
    }
  });
});

describe('mounts', () => {
  const kernelOnly = attribute.noSuid | attribute.noDevices | attribute.noExec;

  it('spread nothing to the host', () => {
    expect(named('mount').map(({ args }) => args[3])).toEqual([16384 | MS_PRIVATE]); // MS_REC
    for (const call of named('mount_setattr')) expect(wordsAt(call, 3)[2]).toBe(MS_PRIVATE);
  });

  it.each([
    ['proc', kernelOnly],
    ['sysfs', kernelOnly | attribute.readOnly],
    ['mqueue', kernelOnly],
    ['devpts', attribute.noSuid | attribute.noExec],
    ['tmpfs', attribute.noSuid],
  ])('of a new %s have the attributes %i', (type, attributes) => {
    const opened = calls.findIndex(({ name, strings }) => name === 'fsopen' && strings[0] === type);
    expect(opened).not.toBe(-1);
    expect(calls.slice(opened).find(({ name }) => name === 'fsmount')?.args[2]).toBe(attributes);
  });

  it.each([
    ['dev', attribute.noSuid | attribute.noExec],
    ['shm', kernelOnly],
    ['tmp', attribute.noSuid | attribute.noDevices],
    ['empty', kernelOnly | attribute.readOnly],
    ['cgroup', kernelOnly | attribute.readOnly],
    ['/host/cg/memory/tctl-box', kernelOnly | attribute.readOnly],
    ['/host/rootfs', attribute.noDevices],
  ])('of %s have the attributes %i', (path, attributes) => {
    const cloned = calls.flatMap(({ name, strings }, at) =>
      name === 'open_tree' && strings[0] === path ? [at] : [],
    );
    expect(cloned).not.toEqual([]);
    for (const at of cloned) {
      const set = calls.slice(at).find(({ name }) => name === 'mount_setattr');
      expect(wordsAt(set, 3)[0]).toBe(attributes);
    }
  });

  it('of the host’s /sys, which a user namespace with the host’s network needs, are read-only to the bottom', () => {
    const shared = makeSpec({ namespaces: { user: rootless, net: false } });
    const simulation = startContainer(compileLaunch(shared));
    const at = simulation.calls.findIndex(({ strings }) => strings[0] === '/sys');
    const set = simulation.calls.slice(at).find(({ name }) => name === 'mount_setattr');
    expect(wordsAt(set, 3, simulation.memory)[0]).toBe(kernelOnly | attribute.readOnly);
    expect(set?.args[2]).toBe(0x1000 | 0x8000);
  });

  it('of v2’s cgroup are read-only too', () => {
    const simulation = startContainer(compileLaunch(makeSpec({ cgroup: planV2 })));
    const at = simulation.calls.findIndex(
      ({ name, strings }) => name === 'open_tree' && strings[0] === '/host/cg/tctl-box',
    );
    const set = simulation.calls.slice(at).find(({ name }) => name === 'mount_setattr');
    expect(wordsAt(set, 3, simulation.memory)[0]).toBe(kernelOnly | attribute.readOnly);
  });
});

describe('the process', () => {
  const prctl = (option: number) => named('prctl').filter(({ args }) => args[0] === option);

  it('has no_new_privs, dies with SIGKILL, and has no ambient capability', () => {
    expect(prctl(38).map(({ args }) => args)).toEqual([[38, 1, 0, 0, 0]]);
    expect(prctl(1).map(({ args }) => args.slice(0, 2))).toEqual([[1, 9]]);
    expect(prctl(47).map(({ args }) => args)).toEqual([[47, 4, 0, 0, 0]]);
  });

  it('has its capabilities in the right half of the right set', () => {
    const capabilities = [0, 21, 32, 40, 40, 0]; // twice is not the next one
    const simulation = startContainer(compileLaunch(makeSpec({ process: { capabilities } })));
    const place = named('capset', simulation.calls)[0]?.args[1];
    if (typeof place !== 'object') throw new Error('no sets');
    const sets = simulation.memory.of(place.datum);
    const [low, high] = [1 | (1 << 21), 1 | (1 << 8)];
    expect([0, 4, 8, 12, 16, 20].map((at) => sets.readUInt32LE(at))).toEqual([low, low, 0, high, high, 0]);
  });

  it('has a session and a keyring of its own', () => {
    expect(named('setsid')).toHaveLength(1);
    expect(named('keyctl').map(({ args }) => args)).toEqual([[1, 0]]); // KEYCTL_JOIN_SESSION_KEYRING
  });

  it('starts with no signal blocked', () => {
    const masks = named('rt_sigprocmask').map((call) => wordsAt(call, 1)[0]);
    expect(masks).toEqual([-1, 0]); // the supervisor's, then its own
  });
});

describe('the supervisor', () => {
  const supervisor = superviseThrough(compileLaunch(spec), ['timer', 'exit']);

  it('gives up what the caller had open, then all three standard streams, so that their readers see the end', () => {
    const closed = named('close_range', supervisor.calls).map(({ args }) => args);
    expect(closed).toEqual([
      [4, 0xffffffff, 0],
      [0, 2, 0],
    ]);
  });

  it('has a timer that fires once, at the timeout', () => {
    const [set] = named('timerfd_settime', supervisor.calls);
    expect(wordsAt(set, 2, supervisor.memory)).toEqual([0, 0, 1, 500_000_000]);
  });

  it('polls a timer no more that has fired, so that it does not spin', () => {
    const poll = named('ppoll', supervisor.calls).at(-1);
    const [, , timer] = wordsAt(poll, 0, supervisor.memory);
    expect(Number(BigInt.asIntN(32, BigInt(timer ?? 0)))).toBe(-1);
  });
});
