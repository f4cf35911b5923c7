import { describe, expect, it } from 'vitest';
import { keepRunning, parseRestart } from '../../src/container/restart-policy.ts';

describe('a restart policy', () => {
  it.each([
    [undefined, { always: false, atMost: 0 }],
    ['no', { always: false, atMost: 0 }],
    ['always', { always: true, atMost: Number.POSITIVE_INFINITY }],
    ['on-failure', { always: false, atMost: Number.POSITIVE_INFINITY }],
    ['on-failure:3', { always: false, atMost: 3 }],
  ] as const)('%s is understood', (text, policy) => {
    expect(parseRestart(text)).toEqual(policy);
  });

  it.each([
    '',
    'yes',
    'on-failure:',
    'on-failure:0',
    'on-failure:-1',
    'on-failure:1.5',
    'on-failure:03',
    'always:3',
  ])('%j is none', (text) => {
    expect(() => parseRestart(text as 'no')).toThrow(expect.objectContaining({ code: 'INVALID_OPTION' }));
  });
});

describe('keeping a container running', () => {
  const backOff = { firstMs: 10, longestMs: 40, steadyMs: 200 };
  const ended = (succeeded: boolean, afterMs = 0) => ({
    ended: new Promise<boolean>((resolve) => setTimeout(resolve, afterMs, succeeded)),
  });
  /** Runs that end as told, and how long after the one before each was begun. */
  const play = async (
    restart: 'always' | 'on-failure' | 'on-failure:2',
    ends: readonly (() => { ended: Promise<boolean> })[],
    given = backOff,
  ) => {
    const waits: number[] = [];
    const [first, ...others] = ends;
    let last = performance.now();
    const start = async () => {
      waits.push(performance.now() - last);
      const next = others[waits.length - 1]?.();
      last = performance.now();
      return next;
    };
    await keepRunning(parseRestart(restart), first?.() ?? ended(true), start, {
      keepAlive: true,
      backOff: given,
    });
    return waits;
  };
  const [good, bad] = [() => ended(true), () => ended(false)];

  it('stops at a success, unless it is to run always', async () => {
    expect(await play('on-failure', [bad, good])).toHaveLength(1);
    expect(await play('always', [good, bad, good])).toHaveLength(3);
  });

  it('gives up after so many times', async () => {
    expect(await play('on-failure:2', [bad, bad, bad, bad])).toHaveLength(2);
  });

  it('waits twice as long each time, and no longer than the longest', async () => {
    const waits = await play('on-failure', [bad, bad, bad, bad, bad, good]);
    for (const [index, least] of [10, 20, 40, 40, 40].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least - 1);
    }
    expect(waits[4]).toBeLessThan(160); // what it would be without a longest
  });

  it('begins anew after a long run', async () => {
    const long = () => ended(false, 210);
    const waits = await play('on-failure:2', [bad, bad, long, bad, good], {
      ...backOff,
      firstMs: 100,
      longestMs: 10_000,
    });
    expect(waits).toHaveLength(4);
    expect(waits[2]).toBeLessThan(210 + 400); // what it would be for the third in a row
  });

  it('ends where it is no longer wanted', async () => {
    await keepRunning(parseRestart('always'), ended(true), async () => undefined, {
      keepAlive: true,
      backOff,
    });
  });
});
