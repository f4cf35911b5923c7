import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { causes, recordLayout } from '../../src/launch/protocol.ts';
import type { LaunchSpec } from '../../src/launch/spec.ts';
import { eventsIn, named, positionOf, signals } from './observations.ts';
import { type Event, superviseThrough } from './processes.ts';
import type { Call, Simulation } from './simulator.ts';
import { makeSpec, planV1, watchedV1, watchedV2 } from './specs.ts';

const SIGKILL = 9;
const ENODEV = 19;
const on = (...names: readonly string[]): Event => ({ on: names });

describe('the CPU time', () => {
  const tick = on('CPU timer');
  const limitMs = 1500;
  /** Looks at a figure that says so many milliseconds, one after the other. */
  function looks(milliseconds: readonly number[], { cpus = 2, v1 = false } = {}) {
    const spec = makeSpec({ cgroup: v1 ? watchedV1 : watchedV2, cpuTime: { limitMs, cpus } });
    const program = compileLaunch(spec);
    const texts = milliseconds.map((each) =>
      v1 ? `${each * 1e6}\n` : `usage_usec ${each * 1e3}\nuser_usec 1\nsystem_usec 2\n`,
    );
    const waits: number[] = [];
    const simulation = superviseThrough(program, [...texts.map(() => tick), 'exit'], {
      files: { [v1 ? 'cpuacct.usage' : 'cpu.stat']: texts },
      override({ name, args: [, , place] }, memory) {
        if (name !== 'timerfd_settime' || typeof place !== 'object') return undefined;
        const time = memory.of(place.datum);
        expect([0, 8, 16].map((at) => time.readBigInt64LE(at))).toEqual([0n, 0n, 0n]);
        waits.push(Number(time.readBigInt64LE(24)) / 1e6);
        return 0;
      },
    });
    const cause = simulation.memory.of(program.record).readUInt32LE(recordLayout.cause);
    return { simulation, waits, cause };
  }

  it.each([false, true])('ends a container that has used it up (v1: %s)', (v1) => {
    for (const used of [limitMs, limitMs + 1, 1e6]) {
      const { simulation, cause } = looks([used], { v1 });
      expect(signals(simulation)).toEqual([SIGKILL]);
      expect(cause).toBe(causes.cpu);
    }
    const { simulation, cause } = looks([0, 10, limitMs - 1], { v1 });
    expect(signals(simulation)).toEqual([]);
    expect(cause).toBe(causes.none);
  });

  it.each([false, true])('is looked at after 10 ms, then when it could be used up (v1: %s)', (v1) => {
    const { waits } = looks([0, 500, 1100, 1400, 1490, 1499], { v1 });
    expect(waits[0]).toBe(10);
    // 2 CPUs take half as long. A thousand counts as 1024, at most.
    for (const [index, left] of [1500, 1000, 400, 100].entries()) {
      expect(waits[index + 1]).toBeGreaterThanOrEqual(Math.min(999, left / 2));
      expect(waits[index + 1]).toBeLessThan((left / 2) * 1.1);
    }
    expect(waits.slice(5)).toEqual([10, 10]);
  });

  it('is looked at sooner the more CPUs there are, and within a second', () => {
    const next = (cpus: number) => looks([0], { cpus }).waits[1] ?? Number.NaN;
    expect(next(1)).toBe(999);
    for (const cpus of [2, 3, 4, 7, 64]) expect(next(cpus)).toBeLessThanOrEqual((limitMs * 1.1) / cpus + 10);
    expect(next(1000)).toBe(10);
  });

  it('is not looked at again once the container is to end, or its cgroup is gone', () => {
    expect(() => looks([limitMs, limitMs])).toThrow('CPU timer is listened to no more');
    const spec = makeSpec({ cgroup: watchedV2, cpuTime: { limitMs, cpus: 1 } });
    const override = ({ name, step }: Call) =>
      name === 'pread64' && step.what === 'read cpu.stat' ? -ENODEV : undefined;
    const gone = (times: number) =>
      superviseThrough(compileLaunch(spec), Array(times).fill(tick), { override });
    expect(signals(gone(1))).toEqual([]);
    expect(() => gone(2)).toThrow('CPU timer is listened to no more');
  });
});

describe('limits that are hit', () => {
  const through = (
    spec: LaunchSpec,
    events: readonly Event[],
    files: Readonly<Record<string, readonly string[]>>,
  ) => superviseThrough(compileLaunch(spec), events, { files });
  const v1 = makeSpec({ cgroup: watchedV1 });
  const v2 = makeSpec({ cgroup: watchedV2 });
  const memory = (kills: number) => `low 11\nhigh 12\nmax 13\noom 14\noom_kill ${kills}\noom_group_kill 15\n`;
  const control = (kills: number) => `oom_kill_disable 0\nunder_oom 0\noom_kill ${kills}\n`;
  const pids = (hits: number) => `max ${hits}\n`;
  const told = (simulation: Simulation) =>
    eventsIn(simulation).flatMap(({ kind, value }) =>
      kind === 'oom' || kind === 'pidsMax' ? [[kind, value]] : [],
    );

  it('are told with how often, as they happen', () => {
    const simulation = through(v2, [on('memory.events'), on('pids.events'), on('memory.events')], {
      'memory.events': [memory(0), memory(1), memory(3)],
      'pids.events': [pids(0), pids(2)],
    });
    expect(told(simulation)).toEqual([
      ['oom', 1],
      ['pidsMax', 2],
      ['oom', 3],
    ]);
  });

  it('are told on v1 by an eventfd that the kernel was given', () => {
    const simulation = through(v1, [on('memory.oom_control'), on('pids.events')], {
      'memory.oom_control': [control(1)],
      'pids.events': [pids(0), pids(1)],
    });
    // The eventfd of this world is empty: what is told is told at the end.
    expect(told(simulation)).toEqual([
      ['pidsMax', 1],
      ['oom', 1],
    ]);
    expect(
      simulation.calls.some(({ strings }) => strings[0] === '/host/cg/memory/tctl-box/cgroup.event_control'),
    ).toBe(true);
    const registered = named(simulation, 'write').find(({ strings }) => /^\d+ \d+$/.test(strings[0] ?? ''));
    const [event, file] = (registered?.strings[0] ?? '').split(' ').map(Number);
    expect(named(simulation, 'dup3').map(({ args }) => args[1])).toEqual([file, event]);
  });

  it('are told on v1 a moment after the notification, when they are counted', () => {
    const program = compileLaunch(v1);
    const simulation = superviseThrough(program, [on('memory.oom_control')], {
      files: { 'memory.oom_control': [control(1), control(2)] },
      override: ({ name, step }) =>
        name === 'read' && step.what === 'take the notification' ? 8 : undefined,
    });
    expect(told(simulation)).toEqual([
      ['oom', 1],
      ['oom', 2],
    ]);
    const paused = positionOf(simulation, ({ step }) => step.what === 'wait five milliseconds');
    expect(paused).toBeLessThan(
      positionOf(simulation, ({ step }) => step.what === 'read memory.oom_control'),
    );
  });

  it('are told where they come with the end, before that', () => {
    const simulation = through(v2, ['exit'], {
      'memory.events': [memory(0), memory(1)],
      'pids.events': [pids(0), pids(7)],
    });
    expect(eventsIn(simulation).map(({ kind }) => kind)).toEqual([
      'create',
      'start',
      'oom',
      'pidsMax',
      'exit',
      'remove',
    ]);
    expect(told(simulation)).toEqual([
      ['oom', 1],
      ['pidsMax', 7],
    ]);
  });

  it('are not told where there is no news', () => {
    const files = { 'memory.events': [memory(0)], 'pids.events': [pids(0)] };
    expect(told(through(v2, [on('memory.events', 'pids.events')], files))).toEqual([]);
    expect(told(through(v2, ['exit'], {}))).toEqual([]); // files that are not there
  });

  it('are told each up to eight, and then every eighth part more: a bomb fills no disk', () => {
    const counts = Array.from({ length: 2000 }, (_, index) => pids(index));
    const simulation = through(
      v2,
      counts.slice(1).map(() => on('pids.events')),
      { 'pids.events': counts },
    );
    const values = told(simulation).map(([, value]) => Number(value));
    expect(values.slice(0, 9)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 10]);
    expect(values.length).toBeLessThan(60);
    expect(values.at(-1)).toBe(1999); // at the end all are counted
    expect(values).toEqual([...new Set(values)].toSorted((a, b) => a - b));
  });

  it('of a cgroup that is gone are listened to no more', () => {
    const again = () => through(v2, [on('pids.events'), on('pids.events')], {});
    expect(again).toThrow('pids.events is listened to no more');
  });
});

describe('a paused container', () => {
  it('is thawed where it is to end: in v1’s freezer not even SIGKILL ends it', () => {
    const freezer = '/host/cg/freezer/tctl-box/freezer.state';
    const spec = makeSpec({ cgroup: { ...planV1, freezer }, timeoutMs: 10 });
    const simulation = superviseThrough(compileLaunch(spec), ['timer', 'exit']);
    const killed = positionOf(simulation, ({ name }) => name === 'pidfd_send_signal');
    expect(simulation.calls[killed + 1]).toMatchObject({ name: 'openat', strings: [freezer] });
    expect(simulation.calls[killed + 2]).toMatchObject({ name: 'write', strings: ['THAWED'] });
  });
});
