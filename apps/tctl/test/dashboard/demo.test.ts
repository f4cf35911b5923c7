import { describe, expect, it } from 'vitest';
import { cast } from '../../src/dashboard/demo/cast.ts';
import { World } from '../../src/dashboard/demo/world.ts';

const begin = new Date('2026-01-15T14:00:00');

function framesOf(seed: number, count: number) {
  const world = new World(seed, count, begin);
  return Array.from({ length: 200 }, () => world.step());
}

describe('the demonstration', () => {
  it('is the same for the same seed, and another for another', () => {
    expect(framesOf(7, 12)).toEqual(framesOf(7, 12));
    expect(framesOf(8, 12)).not.toEqual(framesOf(7, 12));
  });

  it('stands still between two steps', () => {
    const world = new World(1, 24, begin);
    world.step();
    expect(world.frame()).toEqual(world.frame());
  });

  it('keeps to its limits, and has some that are met', () => {
    let kills = 0;
    for (const { cgroups } of framesOf(1, cast.length))
      for (const { figures } of cgroups) {
        const { memoryBytes = 0, memoryLimitBytes, pids = 0, pidsLimit, oomKills = 0 } = figures;
        if (typeof memoryLimitBytes === 'number') expect(memoryBytes).toBeLessThanOrEqual(memoryLimitBytes);
        if (typeof pidsLimit === 'number') expect(pids).toBeLessThanOrEqual(pidsLimit);
        kills = Math.max(kills, oomKills);
      }
    expect(kills).toBeGreaterThan(1);
  });

  it('has as many containers as one asks for, each with its name', () => {
    const names = new World(1, 500, begin).containers.map(({ name }) => name);
    expect(new Set(names).size).toBe(500);
  });
});
