import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { causes, messages, recordLayout } from '../../src/launch/protocol.ts';
import { named, removedDirectories as removed, sent, signals } from './observations.ts';
import { containerPid, type Event, superviseThrough } from './processes.ts';
import type { Answer, Call, Simulation } from './simulator.ts';
import { makeSpec, planV1, planV2, rootless } from './specs.ts';

const [EPERM, ENOENT, EBUSY, EEXIST] = [1, 2, 16, 17];
const [SIGKILL, SIGTERM] = [9, 15];
const program = compileLaunch(makeSpec({ cgroup: planV1, timeoutMs: 100 }));

const everything = [...planV1.directories.toReversed(), '/host/run/box'];

const cause = (simulation: Simulation) =>
  simulation.memory.of(program.record).readUInt32LE(recordLayout.cause);

/** Fails the call that it is about, once or always. */
const failing =
  (is: (call: Call) => boolean, errno: number): Answer =>
  (call) =>
    is(call) ? -errno : undefined;

describe('a supervisor whose container starts and ends', () => {
  const simulation = superviseThrough(program, ['exit']);

  it('tells that it runs, with its pid, and sends the record at the end', () => {
    const [started, ended] = sent(simulation);
    expect(started).toEqual({ kind: messages.started, value: containerPid });
    expect(ended?.kind).toBe(messages.ended);
    expect(named(simulation, 'sendto').at(-1)?.args[2]).toBe(program.record.size);
  });

  it('reaps the container before it reports', () => {
    const names = simulation.calls.map(({ name }) => name);
    expect(names.indexOf('wait4')).toBeLessThan(names.lastIndexOf('sendto'));
    expect(named(simulation, 'wait4').map(({ args }) => args[0])).toEqual([containerPid]);
  });

  it('reads the figures before it removes the cgroups that have them', () => {
    const read = simulation.calls.findIndex(({ strings }) => strings[0] === planV1.figures[0]?.path);
    expect(read).toBeGreaterThan(0);
    const isRemoval = ({ strings }: Call) => strings[0] === everything[0];
    expect(read).toBeLessThan(simulation.calls.findLastIndex(isRemoval));
  });

  it('removes the cgroups, then the state directory, and exits with 0', () => {
    expect(removed(simulation)).toEqual(everything);
    expect(simulation.exitCode).toBe(0);
    expect(simulation.reports).toEqual([]);
  });

  it('ends nobody by force', () => {
    expect(signals(simulation)).toEqual([]);
    expect(cause(simulation)).toBe(causes.none);
  });
});

describe('what a supervisor is told while the container runs', () => {
  const through = (...events: Event[]) => superviseThrough(program, events);

  it('passes each signal on', () => {
    const simulation = through({ signal: SIGTERM }, { signal: 10 }, 'exit');
    expect(signals(simulation)).toEqual([SIGTERM, 10]);
    expect(cause(simulation)).toBe(causes.none);
  });

  it('kills the container when its time is up, and says so', () => {
    const simulation = through('timer', 'exit');
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(cause(simulation)).toBe(causes.timeout);
    expect(removed(simulation)).toEqual(everything);
  });

  it('kills the container when its owner hangs up, and says so', () => {
    const simulation = through('hang-up', 'exit');
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(cause(simulation)).toBe(causes.ownerGone);
    expect(removed(simulation)).toEqual(everything);
  });

  it('stops to poll what has hung up, so that it does not spin', () => {
    const simulation = through('hang-up', 'exit');
    const polls = named(simulation, 'ppoll').at(-1)?.args[0];
    if (typeof polls !== 'object') throw new Error('nothing is polled');
    expect(simulation.memory.of(polls.datum).readInt32LE(8)).toBe(-1);
  });

  it('cleans up all the same where its owner does not hear the report', () => {
    const override = failing(({ name }) => name === 'sendto', 32);
    const simulation = superviseThrough(program, ['hang-up', 'exit'], { override });
    expect(removed(simulation)).toEqual(everything);
    expect(simulation.exitCode).toBe(0);
  });
});

describe('a supervisor whose container fails to start', () => {
  const failedStep = 17;
  const report = BigInt(failedStep) | (BigInt(EPERM) << 32n);

  it.each([
    ['before it is ready', [report]],
    ['at its execve', [messages.ready, report]],
  ])('passes the failed step on, ends the container and cleans up: %s', (_, says) => {
    const simulation = superviseThrough(program, [], { says });
    expect(sent(simulation)).toEqual([{ kind: failedStep, value: EPERM }]);
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(named(simulation, 'wait4')).toHaveLength(1);
    expect(removed(simulation)).toEqual(everything);
    expect(simulation.exitCode).toBe(0);
  });

  it('says that it died where it says nothing', () => {
    const simulation = superviseThrough(program, [], { says: [] });
    expect(sent(simulation)).toEqual([{ kind: messages.died, value: 0 }]);
    expect(removed(simulation)).toEqual(everything);
  });
});

describe('a supervisor that fails itself', () => {
  const fail = (is: (call: Call) => boolean, errno = EPERM, of = program) =>
    superviseThrough(of, [], { override: failing(is, errno) });

  it('leaves the directory of another container with its id alone', () => {
    const simulation = fail(({ name }) => name === 'mkdirat', EEXIST);
    expect(simulation.reports).toMatchObject([{ fd: 3, errno: EEXIST }]);
    expect(removed(simulation)).toEqual([]);
    expect(simulation.calls.some(({ name }) => name === 'clone3')).toBe(false);
  });

  it.each(['clone3', 'pipe2', 'clock_gettime'])('removes what it has made where %s fails', (failed) => {
    const simulation = fail(({ name }) => name === failed);
    const { fd, step, errno } = simulation.reports[0] ?? {};
    expect([fd, errno]).toEqual([3, EPERM]);
    expect(program.steps[step ?? -1]).toMatchObject({ call: failed });
    expect(removed(simulation)).toEqual(everything);
    expect(named(simulation, 'wait4')).toEqual([]);
  });

  it('removes the cgroups where a limit can’t be set', () => {
    const simulation = fail(({ name, strings }) => name === 'write' && strings[0] === '20');
    expect(simulation.reports).toHaveLength(1);
    expect(removed(simulation)).toEqual(everything);
    expect(named(simulation, 'clone3')).toEqual([]);
  });

  it('ends the container where its users can’t be mapped', () => {
    const mapped = compileLaunch(makeSpec({ namespaces: { user: rootless } }));
    const simulation = fail(({ name, strings }) => name === 'write' && strings[0] === 'deny', EPERM, mapped);
    expect(simulation.reports).toMatchObject([{ fd: 3, errno: EPERM }]);
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(named(simulation, 'wait4')).toHaveLength(1);
    expect(removed(simulation)).toEqual(['/host/run/box']);
  });

  it('ends the container that runs where its timer can’t be made', () => {
    const simulation = fail(({ name }) => name === 'timerfd_create');
    expect(simulation.reports).toHaveLength(1);
    expect(signals(simulation)).toEqual([SIGKILL]);
    expect(removed(simulation)).toEqual(everything);
  });
});

describe('cgroups on the way', () => {
  it('may lack an optional file', () => {
    const optional = planV1.writes[1]?.path;
    const override = failing(({ strings }) => strings[0] === optional, ENOENT);
    const simulation = superviseThrough(program, ['exit'], { override });
    expect(simulation.reports).toEqual([]);
    expect(sent(simulation)[0]?.kind).toBe(messages.started);
  });

  it('may not lack another', () => {
    const override = failing(({ strings }) => strings[0] === planV1.writes[0]?.path, ENOENT);
    expect(superviseThrough(program, ['exit'], { override }).reports).toHaveLength(1);
  });

  it('are not removed where this launch has not made them', () => {
    const [first, second] = planV1.directories;
    const override = failing(({ name, strings }) => name === 'mkdirat' && strings[0] === second, EEXIST);
    const simulation = superviseThrough(program, [], { override });
    expect(simulation.reports).toMatchObject([{ fd: 3, errno: EEXIST }]);
    expect(removed(simulation)).toEqual([first, '/host/run/box']);
  });

  it('are left out of the record where a figure has no file', () => {
    const figure = planV1.figures[0]?.path;
    const override = failing(({ strings }) => strings[0] === figure, ENOENT);
    const simulation = superviseThrough(program, ['exit'], { override });
    expect(sent(simulation).at(-1)?.kind).toBe(messages.ended);
    expect(simulation.reports).toEqual([]);
  });

  it.each([1, 7])('are removed again after %i times EBUSY, a millisecond apart', (times) => {
    let left = times;
    const pids = '/host/cg/pids/tctl-box';
    const override: Answer = ({ name, strings }) =>
      name === 'unlinkat' && strings[0] === pids && left-- > 0 ? -EBUSY : undefined;
    const simulation = superviseThrough(program, ['exit'], { override });
    expect(removed(simulation).filter((path) => path === pids)).toHaveLength(times + 1);
    expect(named(simulation, 'ppoll').filter(({ args }) => args[0] === 0)).toHaveLength(times);
    expect(removed(simulation).at(-1)).toBe('/host/run/box');
  });

  it('are given up where they stay busy, each after as many tries', () => {
    const override = failing(
      ({ name, strings }) => name === 'unlinkat' && strings[0]?.includes('/cg/') === true,
      EBUSY,
    );
    const simulation = superviseThrough(program, ['exit'], { override });
    const paths = removed(simulation);
    const counts = planV1.directories.map((path) => paths.filter((each) => each === path).length);
    expect(counts[0]).toBeGreaterThan(500);
    expect(counts[1]).toBe(counts[0]);
    // Without it, no clean-up would find them again.
    expect(paths).not.toContain('/host/run/box');
    expect(simulation.exitCode).toBe(0);
  });

  it('are not tried again after another error', () => {
    const override = failing(({ name }) => name === 'unlinkat', ENOENT);
    expect(removed(superviseThrough(program, ['exit'], { override }))).toEqual(everything);
  });

  it('of v2 get the container through their descriptor', () => {
    const v2 = compileLaunch(makeSpec({ cgroup: planV2 }));
    const opened = 77;
    const override: Answer = ({ name, strings }) =>
      name === 'openat' && strings[0] === planV2.join.into ? opened : undefined;
    const { calls, memory } = superviseThrough(v2, ['exit'], { override });
    const clone = calls.find(({ name }) => name === 'clone3')?.args[0];
    if (typeof clone !== 'object') throw new Error('no clone');
    expect(memory.of(clone.datum).readBigInt64LE(80)).toBe(BigInt(opened));
    expect(memory.of(clone.datum).readBigUInt64LE(0) & 0x200000000n).not.toBe(0n); // CLONE_INTO_CGROUP
  });
});
