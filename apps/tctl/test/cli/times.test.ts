import { describe, expect, it } from 'vitest';
import { age } from '../../src/cli/age.ts';
import { inSeconds, parseMoment } from '../../src/cli/moments.ts';
import { refusal } from '../support/refusal.ts';

describe('a time on the command line', () => {
  it.each([
    ['10m', '10m'],
    ['1.5h', '1.5h'],
    ['250ms', '250ms'],
    ['1767225600', new Date('2026-01-01T00:00:00Z')],
    ['1767225600.5', new Date('2026-01-01T00:00:00.500Z')],
    ['2026-01-01', new Date('2026-01-01T00:00:00Z')],
    ['2026-01-01T10:00:00+02:00', new Date('2026-01-01T08:00:00Z')],
  ])('%s', (text, moment) => {
    expect(parseMoment('since', text)).toEqual(moment);
  });

  it('may be left out', () => {
    expect(parseMoment('since', undefined)).toBeUndefined();
  });

  it.each(['', 'yesterday', '10 parsecs', '-5m'])('is none: %j', (text) => {
    expect(refusal(() => parseMoment('since', text))).toEqual({
      message: `--since takes a time, not ${JSON.stringify(text)}`,
      hint: expect.stringMatching(/10m/),
    });
  });
});

describe('a duration on the command line', () => {
  it.each([
    ['5', '5s'],
    ['0', 0],
    ['0.5', '0.5s'],
    ['500ms', '500ms'],
    ['1m', '1m'],
  ])('is in seconds where it has no unit: %s', (text, duration) => {
    expect(inSeconds(text)).toBe(duration);
  });
});

describe('an age', () => {
  it.each([
    [0, 'less than a second'],
    [0.9, 'less than a second'],
    [1, '1 second'],
    [59.9, '59 seconds'],
    [60, '1 minute'],
    [3599, '59 minutes'],
    [3600, '1 hour'],
    [86_400, '1 day'],
    [13 * 86_400, '13 days'],
    [14 * 86_400, '2 weeks'],
    [-5, 'less than a second'],
  ])('of %d s is %s', (seconds, text) => {
    const now = new Date();
    expect(age(new Date(now.getTime() - seconds * 1000), now)).toBe(text);
  });
});
