import { describe, expect, it } from 'vitest';
import { parseEverywhere } from '../../src/cli/options.ts';
import { refusal } from '../support/refusal.ts';

const table = {
  force: { short: 'f', about: '' },
  time: { short: 't', value: 'SECONDS', complete: 'nothing', alias: ['timeout'], about: '' },
} as const;

describe('options of a command that runs none', () => {
  it.each([
    [['a', '-f', 'b', '-t', '5'], { force: true, time: '5' }, ['a', 'b']],
    [['-t', '5', 'a'], { time: '5' }, ['a']],
    [['a', '--time=5'], { time: '5' }, ['a']],
    [['a', '--', '-f'], {}, ['a', '-f']],
    [['a', '-t', '-1'], { time: '-1' }, ['a']],
    [['a', '--timeout', '5'], { time: '5' }, ['a']],
    [['a', '--timeout=5'], { time: '5' }, ['a']],
    [['a', '--force=false'], {}, ['a']],
    [['a', '--force=true'], { force: true }, ['a']],
    [['a', '-f', '--force=0'], { force: true }, ['a']],
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

describe("Docker's options that there are not", () => {
  const refused = {
    link: { short: 'l', value: true, hint: 'Do this.' },
    size: { hint: 'Do that.' },
  } as const;

  it.each([
    [['a', '--link', 'x'], 'link', 'Do this.'],
    [['-l', 'x', 'a'], 'link', 'Do this.'],
    [['a', '-flx'], 'link', 'Do this.'],
    [['--size', 'a'], 'size', 'Do that.'],
  ])('are refused with what to do instead: %j', (args, name, hint) => {
    expect(refusal(() => parseEverywhere(table, args, refused))).toEqual({
      message: `--${name} is an option of Docker that tctl does not have`,
      hint,
    });
  });
});

describe('an option with an environment variable', () => {
  const withVariable = {
    keys: { value: 'KEYS', complete: 'nothing', env: 'TCTL_TEST_KEYS', about: '' },
  } as const;

  it.each([
    ['from there', [], 'there', 'there'],
    ['from the command line first', ['--keys=here'], 'there', 'here'],
    ['from nowhere where it is empty', [], '', undefined],
  ])('has its value %s', (_, args, variable, value) => {
    process.env['TCTL_TEST_KEYS'] = variable;
    try {
      expect(parseEverywhere(withVariable, args).values.keys).toBe(value);
    } finally {
      delete process.env['TCTL_TEST_KEYS'];
    }
  });
});
