import { describe, expect, it } from 'vitest';
import { onAll } from '../../../src/dashboard/actions/bulk.ts';
import { outcomeOf } from '../../../src/dashboard/actions/perform.ts';
import { listNames, verbs } from '../../../src/dashboard/actions/verbs.ts';

const numbers = Array.from({ length: 30 }, (_, index) => index);

describe('an act on many', () => {
  it('goes on where some fail, and tells which', async () => {
    const { done, failed } = await onAll(numbers, async (number) => {
      if (number % 10 === 3) throw new Error(`no ${number}`);
    });
    expect(done).toHaveLength(27);
    expect(failed.map(({ item, error }) => [item, (error as Error).message])).toEqual([
      [3, 'no 3'],
      [13, 'no 13'],
      [23, 'no 23'],
    ]);
  });

  it('is on at most eight at a time, and on each once', async () => {
    const seen: number[] = [];
    let [now, most] = [0, 0];
    await onAll(numbers, async (number) => {
      seen.push(number);
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
    });
    expect(seen.toSorted((a, b) => a - b)).toEqual(numbers);
    expect(most).toBe(8);
  });

  it('tells how far it is', async () => {
    const told: number[] = [];
    await onAll(
      [1, 2, 3],
      async () => {},
      (through) => told.push(through),
    );
    expect(told).toEqual([1, 2, 3]);
  });
});

describe('what is said of it', () => {
  const rows = ['a', 'b', 'c'].map((name) => ({ name }));

  it.each([
    [1, 1, 'Stopped a'],
    [1, 0, 'Stop a: failed'],
    [3, 3, 'Stopped 3 containers'],
    [3, 2, 'Stopped 2 of 3 containers, 1 failed'],
    [3, 0, 'Stopped 0 of 3 containers, 3 failed'],
  ])('of %i of which %i succeeded', (count, done, expected) => {
    expect(outcomeOf(verbs.stop, rows.slice(0, count), done)).toBe(expected);
  });

  it('names as many as there is room for', () => {
    expect(listNames(rows, 80)).toBe('a, b, c');
    const many = numbers.map((number) => ({ name: `container-${number}` }));
    const text = listNames(many, 60);
    expect(text).toMatch(/^container-0, container-1, container-2 and 27 more$/);
  });
});
