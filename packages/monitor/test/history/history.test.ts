import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { History, type HistoryPoint } from '../../src/index.ts';
import { beginMs, cgroupOf, frameAt, sampleOf } from '../support/made-frames.ts';

const at = (ms: number) => new Date(beginMs + ms);
const minuteMs = 60_000;

interface Sample {
  readonly atMs: number;
  readonly value: number;
}

/** What a history says that keeps everything, for points that are made of whole minutes. */
function naive(samples: readonly Sample[], fromMs: number, toMs: number, points: number) {
  const stepMs = (toMs - fromMs) / points;
  return Array.from({ length: points }, (_, index) => {
    const begin = fromMs + index * stepMs;
    const isLast = index === points - 1;
    const own = samples.filter(
      ({ atMs }) => atMs >= begin && (atMs < begin + stepMs || (isLast && atMs === toMs)),
    );
    const values = own.map(({ value }) => value);
    return values.length === 0
      ? undefined
      : {
          min: Math.min(...values),
          max: Math.max(...values),
          mean: values.reduce((sum, value) => sum + value, 0) / values.length,
          samples: values.length,
        };
  });
}

const withoutTime = ({ min, max, mean, samples }: HistoryPoint) =>
  samples === 0 ? undefined : { min, max, mean, samples };

/** A day and more, in stretches in which the cgroup is there or not, at different paces. */
const stretches = fc.array(
  fc.record({
    seconds: fc.integer({ min: 1, max: 4000 }),
    everyMs: fc.constantFrom(500, 1000, 1000, 5000, 7000),
    sampled: fc.constantFrom('always', 'always', 'never', 'now and then', 'without it now and then'),
    spread: fc.constantFrom(0, 1, 1e6, 2 ** 40),
  }),
  { minLength: 1, maxLength: 12 },
);

describe('History', { timeout: 60_000 }, () => {
  it('has min, max and mean of every minute of the last day, whatever has become of the frames', () => {
    fc.assert(
      fc.property(stretches, fc.integer({ min: 1, max: 5 }), fc.nat(), (plan, minutes, seed) => {
        const history = new History({ series: ['memoryBytes'] });
        const samples: Sample[] = [];
        let atMs = 0;
        let random = seed;
        for (const { seconds, everyMs, sampled, spread } of plan) {
          for (const end = atMs + seconds * 1000; atMs < end; atMs += everyMs) {
            random = (Math.imul(random, 1664525) + 1013904223) >>> 0;
            const value = Math.floor((random / 2 ** 32) * spread);
            const has = sampled === 'always' || (sampled !== 'never' && random % 3 > 0);
            const without = sampled.startsWith('without') ? [sampleOf('/a')] : [];
            const sample = has ? [sampleOf('/a', { memoryBytes: value })] : without;
            history.add(frameAt(atMs, sample, { intervalMs: everyMs }));
            if (has) samples.push({ atMs, value });
          }
        }
        const toMs = Math.ceil(atMs / minuteMs) * minuteMs;
        const points = Math.max(1, Math.min(60, Math.floor(toMs / minuteMs / minutes)));
        const fromMs = toMs - points * minutes * minuteMs;
        const got = history.series('/a', 'memoryBytes', { from: at(fromMs), to: at(toMs), points });
        expect(got.map(withoutTime)).toEqual(naive(samples, fromMs, toMs, points));
        expect(got.map(({ time }) => time.getTime() - beginMs)).toEqual(
          got.map((_, index) => fromMs + index * minutes * minuteMs),
        );
      }),
      { numRuns: 60 },
    );
  });

  it('has single frames of the last ten minutes, 10 seconds of the last 3 hours, minutes of the last day', () => {
    const history = new History({ series: ['pids'] });
    const dayMs = 26 * 3_600_000;
    for (let atMs = 0; atMs <= dayMs; atMs += 1000)
      history.add(frameAt(atMs, [sampleOf('/a', { pids: atMs / 1000 })]));
    const samplesOf = (fromMs: number, toMs: number) =>
      history
        .series('/a', 'pids', { from: at(dayMs - fromMs), to: at(dayMs - toMs), points: 1 })
        .map(({ samples }) => samples)[0];
    const single = history.series('/a', 'pids', { from: at(dayMs - 599_000), to: at(dayMs), points: 599 });
    expect(single.map(({ min }) => min)).toEqual(
      Array.from({ length: 599 }, (_, index) => dayMs / 1000 - 599 + index),
    );
    expect(single.at(-1)).toMatchObject({ max: dayMs / 1000, samples: 2 });
    const tens = history.series('/a', 'pids', {
      from: at(dayMs - 10_800_000),
      to: at(dayMs - 10_800_000 + 600_000),
      points: 60,
    });
    expect(tens.map(({ samples }) => samples)).toEqual(Array(60).fill(10));
    expect(samplesOf(24 * 3_600_000, 23 * 3_600_000)).toBe(3600);
    expect(samplesOf(26 * 3_600_000, 25.5 * 3_600_000)).toBe(0);
    expect(history.range?.to).toEqual(at(dayMs));
    expect(history.range?.from.getTime()).toBeLessThanOrEqual(beginMs + dayMs - 24 * 3_600_000);
  });

  it('takes as much memory for a series as its documentation says, and little while nothing changes', () => {
    const [busy, idle] = [new History({ series: ['pids'] }), new History({ series: ['pids'] })];
    for (let atMs = 0; atMs <= 26 * 3_600_000; atMs += 1000) {
      busy.add(frameAt(atMs, [sampleOf('/a', { pids: atMs })]));
      idle.add(frameAt(atMs, [sampleOf('/a', { pids: 7 })]));
    }
    const allFrames = 27_500;
    expect(busy.bytes).toBeLessThanOrEqual(allFrames + 76_000);
    expect(idle.bytes).toBeLessThanOrEqual(allFrames + 2_100);
  });

  it('keeps once which frames several cgroups have missed together', () => {
    const bytesOf = (cgroups: number) => {
      const history = new History({ series: [] });
      const paths = Array.from({ length: cgroups }, (_, index) => `/${index}`);
      for (let second = 0; second < 3600; second++) {
        const late = second % 7 === 0 ? 0 : undefined;
        const samples = paths.map((path, index) => sampleOf(path, {}, { stale: index % 2 === late }));
        history.add(frameAt(second * 1000, samples));
      }
      return history.bytes;
    };
    const another = (bytesOf(102) - bytesOf(2)) / 100;
    expect(another).toBeGreaterThan(0);
    expect(another).toBeLessThan(4_000);
  });

  it('shows what it has where points are shorter than the time between frames, and gaps as gaps', () => {
    const history = new History({ series: ['pids'] });
    for (const atMs of [0, 1004, 1998, 3001, 8000, 9000])
      history.add(frameAt(atMs, [sampleOf('/a', { pids: atMs })]));
    const points = history.series('/a', 'pids', { from: at(0), to: at(9000), points: 9 });
    expect(points.map(({ mean }) => mean)).toEqual([
      0,
      1501,
      3001,
      3001,
      undefined,
      undefined,
      undefined,
      8000,
      8500,
    ]);
    const fine = history.series('/a', 'pids', { from: at(0), to: at(1000), points: 4 });
    expect(fine.map(({ max }) => max)).toEqual([0, 1004, 1004, 1004]);
  });

  it('leaves out what is stale, undefined, or of a cgroup that is not there', () => {
    const history = new History();
    history.add(frameAt(0, [sampleOf('/a', { pids: 1 })]));
    history.add(frameAt(1000, [sampleOf('/a', { pids: 2 }, { stale: true })]));
    history.add(frameAt(2000, [sampleOf('/a')]));
    history.add(frameAt(3000, [sampleOf('/b', { pids: 3 })]));
    const sum = (path: string) =>
      history.series(path, 'pids', { points: 1 }).map(({ samples, mean }) => [samples, mean]);
    expect(sum('/a')).toEqual([[1, 1]]);
    expect(sum('/b')).toEqual([[1, 3]]);
    expect(sum('/never')).toEqual([[0, undefined]]);
    expect(new History().series('/a', 'pids', { points: 2 })).toHaveLength(2);
  });

  it('keeps rates of counters, and Infinity for what is not limited', () => {
    const history = new History();
    history.add(
      frameAt(0, [
        sampleOf('/a', { cpuUsageUsec: 5, memoryLimitBytes: 'max' }, { rates: { cpuUsageUsec: 250_000 } }),
      ]),
    );
    expect(history.series('/a', 'cpuUsageUsec', { points: 1 })[0]?.mean).toBe(250_000);
    expect(history.series('/a', 'memoryLimitBytes', { points: 1 })[0]?.max).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes by the monotonic clock: a clock that is set moves no sample', () => {
    const history = new History({ series: ['pids'] });
    history.add(frameAt(0, [sampleOf('/a', { pids: 1 })]));
    history.add(frameAt(1000, [sampleOf('/a', { pids: 2 })], { time: at(-3_600_000) }));
    history.add(frameAt(2000, [sampleOf('/a', { pids: 3 })], { time: at(-3_600_000 + 1000) }));
    const points = history.series('/a', 'pids', { points: 2 });
    expect(points.map(({ mean }) => mean)).toEqual([1, 2.5]);
    expect(points[0]?.time).toEqual(at(-3_600_000 - 1000));
    // And the other way round, as in a recording that goes on after a boot.
    history.add(frameAt(0, [sampleOf('/a', { pids: 4 })], { time: at(-3_600_000 + 61_000) }));
    const last = history.series('/a', 'pids', { from: at(-3_600_000 + 31_000), points: 1 });
    expect(last[0]).toMatchObject({ samples: 1, mean: 4 });
  });

  it('forgets first the cgroup that has been gone for longest, and none that is there', () => {
    const [history, withoutB] = [3, 4].map((maxCgroups) => new History({ series: ['pids'], maxCgroups }));
    if (history === undefined || withoutB === undefined) expect.unreachable();
    const frame = (atMs: number, ...paths: string[]) => {
      const samples = paths.map((path) => sampleOf(cgroupOf(path), { pids: 1 }));
      history.add(frameAt(atMs, samples));
      withoutB.add(
        frameAt(
          atMs,
          samples.filter(({ cgroup: { path } }) => path !== '/b'),
        ),
      );
    };
    frame(0, '/a', '/b', '/c');
    frame(1000, '/a', '/c');
    frame(2000, '/a');
    frame(3000, '/a', '/d');
    expect(history.paths.toSorted()).toEqual(['/a', '/c', '/d']);
    expect(history.bytes).toBe(withoutB.bytes);
    frame(4000, '/a', '/d', '/e', '/f');
    expect(history.paths.toSorted()).toEqual(['/a', '/d', '/e']);
  });

  it('stays below its memory by forgetting the oldest hours of all', () => {
    const maxBytes = 200_000;
    const history = new History({ series: ['pids'], maxBytes });
    const hours = 20;
    for (let atMs = 0; atMs <= hours * 3_600_000; atMs += 1000) {
      history.add(
        frameAt(
          atMs,
          ['/a', '/b', '/c', '/d'].map((path) => sampleOf(path, { pids: atMs })),
        ),
      );
      if (history.bytes > maxBytes) expect.unreachable(`${history.bytes} at ${atMs}`);
    }
    const ago = (ms: number) => at(hours * 3_600_000 - ms);
    const recent = (path: string) =>
      history.series(path, 'pids', { from: ago(1_800_000), to: ago(600_001), points: 1 })[0]?.samples;
    expect([recent('/a'), recent('/d')]).toEqual([1200, 1200]);
    const early = history.series('/a', 'pids', { from: at(0), to: at(3_600_000), points: 1 });
    expect(early[0]?.samples).toBe(0);
  });

  it('refuses a question that makes no sense', () => {
    const history = new History();
    history.add(frameAt(0, []));
    const refused = expect.objectContaining({ code: 'INVALID_OPTION' });
    expect(() => history.series('/a', 'pids', { points: 0 })).toThrow(refused);
    expect(() => history.series('/a', 'pids', { points: 1e9 })).toThrow(refused);
    expect(() => history.series('/a', 'pids', { from: at(1), to: at(0) })).toThrow(refused);
    expect(() => history.series('/a', 'pids', { from: new Date(Number.NaN) })).toThrow(refused);
  });
});
