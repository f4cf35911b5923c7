import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/cli/durations.ts';

describe('durations of options', () => {
  it('are seconds, or have a unit', () => {
    const texts = ['5', '0.5', '250ms', '1.5s', '10m', '2h', '1d'];
    expect(texts.map((text) => parseDuration('for', text))).toEqual([
      5000, 500, 250, 1500, 600_000, 7_200_000, 86_400_000,
    ]);
  });

  it('are refused where they make no sense, or are longer than Node.js can wait', () => {
    for (const text of ['', '0', '-1', 'x', '1y', '1 s', '25d', '1e9', 'NaN']) {
      expect(() => parseDuration('for', text), text).toThrow(/--for takes a time/);
    }
  });
});
