import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counterNames, figureCount, slotOf } from '../../src/figures/slots.ts';
import { RateKeeper } from '../../src/sampling/rates.ts';

const usage = counterNames.indexOf('cpuUsageUsec');

function rates(readings: readonly (readonly [value: number, atMs: number])[]): number[] {
  const keeper = new RateKeeper();
  const figures = new Float64Array(figureCount);
  return readings.map(([value, atMs]) => {
    figures[slotOf.cpuUsageUsec] = value;
    keeper.update([usage], figures, atMs);
    return keeper.rates[usage] as number;
  });
}

describe('a rate', () => {
  it('is what a counter grew by, in a second', () =>
    expect(
      rates([
        [100, 0],
        [600, 1000],
        [600, 2000],
      ]),
    ).toEqual([Number.NaN, 500, 0]));
  it('survives ticks that were missed', () =>
    expect(
      rates([
        [0, 0],
        [5000, 10_000],
        [5500, 10_500],
      ]),
    ).toEqual([Number.NaN, 500, 1000]));
  it('is undefined when the counter began anew, and goes on from there', () =>
    expect(
      rates([
        [1000, 0],
        [10, 1000],
        [20, 2000],
      ]),
    ).toEqual([Number.NaN, Number.NaN, 10]));
  it('is undefined around a reading that failed', () =>
    expect(
      rates([
        [1000, 0],
        [Number.NaN, 1000],
        [1100, 2000],
        [1200, 3000],
      ]),
    ).toEqual([Number.NaN, Number.NaN, Number.NaN, 100]));
  it('is undefined for two readings at once', () =>
    expect(
      rates([
        [0, 0],
        [10, 0],
        [20, 1000],
      ]),
    ).toEqual([Number.NaN, Number.NaN, 10]));
  it('is undefined for another cgroup of the same name', () => {
    const keeper = new RateKeeper();
    const figures = new Float64Array(figureCount).fill(1);
    keeper.update([usage], figures, 0);
    keeper.forget();
    keeper.update([usage], figures.fill(1000), 1000);
    expect(keeper.rates[usage]).toBeNaN();
  });
  it('is never negative', () => {
    const reading = fc.tuple(fc.nat(), fc.nat());
    fc.assert(
      fc.property(fc.array(reading), (readings) => {
        const sorted = readings.toSorted(([, a], [, b]) => a - b);
        for (const rate of rates(sorted)) expect(rate >= 0 || Number.isNaN(rate)).toBe(true);
      }),
    );
  });
});
