import { describe, expect, it } from 'vitest';
import { parseEverywhere } from '../../src/cli/options.ts';
import { refusal } from '../support/refusal.ts';

const table = {
  force: { short: 'f', about: '' },
  time: { short: 't', value: 'SECONDS', about: '' },
} as const;

describe('options of a command that runs none', () => {
  it.each([
    [['a', '-f', 'b', '-t', '5'], { force: true, time: '5' }, ['a', 'b']],
    [['-t', '5', 'a'], { time: '5' }, ['a']],
    [['a', '--time=5'], { time: '5' }, ['a']],
    [['a', '--', '-f'], {}, ['a', '-f']],
    [['a', '-t', '-1'], { time: '-1' }, ['a']],
    [[], {}, []],
  ])('may stand anywhere: %j', (args, values, rest) => {
    const parsed = parseEverywhere(table, args);
    expect({ ...parsed.values }).toEqual(values);
    expect(parsed.rest).toEqual(rest);
  });

  it('are refused where there are none such', () => {
    expect(refusal(() => parseEverywhere(table, ['a', '--fource'])).hint).toBe('Did you mean --force?');
    expect(refusal(() => parseEverywhere(table, ['a', '-t'])).message).toMatch(/-t.*missing/);
  });
});
