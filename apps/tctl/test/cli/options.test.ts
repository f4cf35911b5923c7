import { describe, expect, it } from 'vitest';
import { type OptionTable, parseOptions } from '../../src/cli/options.ts';
import { refusal } from '../support/refusal.ts';

const table = {
  all: { short: 'a', about: '' },
  quiet: { short: 'q', about: '' },
  memory: { short: 'm', value: 'SIZE', complete: 'nothing', about: '' },
  env: { short: 'e', value: 'KEY=VALUE', complete: 'nothing', multiple: true, about: '' },
  'pids-limit': { value: 'N', complete: 'nothing', about: '' },
  help: { about: '' },
} as const satisfies OptionTable;

describe('options before the first positional', () => {
  it.each<[string, string[], object]>([
    ['a switch', ['--all'], { all: true }],
    ['a short switch', ['-a'], { all: true }],
    ['a cluster of switches', ['-aq'], { all: true, quiet: true }],
    ['a value after a space', ['--memory', '64m'], { memory: '64m' }],
    ['a value after =', ['--memory=64m'], { memory: '64m' }],
    ['a value that contains =', ['--env=A=1=2'], { env: ['A=1=2'] }],
    ['an empty value', ['--memory='], { memory: '' }],
    ['an empty value after a space', ['--memory', ''], { memory: '' }],
    ['a short option with a value after a space', ['-m', '64m'], { memory: '64m' }],
    ['a short option with its value attached', ['-m64m'], { memory: '64m' }],
    [
      'switches in front of a short option with a value',
      ['-aqm64m'],
      { all: true, quiet: true, memory: '64m' },
    ],
    ['switches in front of a value after a space', ['-am', '64m'], { all: true, memory: '64m' }],
    [
      'a repeated option with many values',
      ['-e', 'A=1', '--env', 'B=2', '-eC'],
      { env: ['A=1', 'B=2', 'C'] },
    ],
    ['a repeated option with one value: the last', ['-m', '1m', '--memory', '2m'], { memory: '2m' }],
    ['a repeated switch', ['--all', '-a'], { all: true }],
    ['a negative number after =', ['--pids-limit=-1'], { 'pids-limit': '-1' }],
    ['a negative number after a space', ['--pids-limit', '-1'], { 'pids-limit': '-1' }],
    ['none at all', [], {}],
  ])('are parsed: %s', (_, args, values) => {
    const parsed = parseOptions(table, args);
    expect({ ...parsed.values }).toEqual(values);
    expect(parsed.rest).toEqual([]);
    expect({ ...parseOptions(table, [...args, 'image', 'command']).values }).toEqual(values);
  });

  it('do not change the arguments', () => {
    const args = Object.freeze(['-a', 'image', '-q']);
    parseOptions(table, args);
    expect(args).toEqual(['-a', 'image', '-q']);
  });
});

describe('what follows the first positional', () => {
  it.each<[string, string[], string[]]>([
    ['options of the same name', ['host', 'ls', '-a', '--all'], ['host', 'ls', '-a', '--all']],
    ['options that do not exist', ['host', 'cc', '--wall', '-Wno'], ['host', 'cc', '--wall', '-Wno']],
    ['--help', ['host', 'ls', '--help'], ['host', 'ls', '--help']],
    ['a -- of the command', ['host', 'env', '--', 'x'], ['host', 'env', '--', 'x']],
    ['empty arguments', ['host', 'printf', '', ''], ['host', 'printf', '', '']],
    ['a lone -, which is a positional', ['-', '-a'], ['-', '-a']],
    ['the first --, which only ends the options', ['--', '-a', '--', 'x'], ['-a', '--', 'x']],
  ])('belongs to the command: %s', (_, args, rest) => {
    const parsed = parseOptions(table, ['-q', ...args]);
    expect(parsed.rest).toEqual(rest);
    expect({ ...parsed.values }).toEqual({ quiet: true });
  });

  it('is nothing where -- comes last', () => {
    expect(parseOptions(table, ['-m', '1m', '--']).rest).toEqual([]);
  });
});

describe('a command line that makes no sense', () => {
  it.each<[string, string[], RegExp, string]>([
    ['an unknown option, close to one', ['--memry', '64m'], /--memry/, 'Did you mean --memory?'],
    [
      'an unknown option with =, close to one',
      ['--pid-limit=3'],
      /--pid-limit/,
      'Did you mean --pids-limit?',
    ],
    ['an unknown option, close to none', ['--frobnicate'], /--frobnicate/, '--help lists the options.'],
    ['an unknown short option', ['-x'], /-x/, '--help lists the options.'],
    ['an unknown short option in a cluster', ['-ax'], /-x/, '--help lists the options.'],
    ['a missing value at the end', ['--memory'], /--memory .*missing/, 'Write --OPTION=VALUE.'],
    ['a missing value of a short option', ['-m'], /-m.*missing/, 'Write --OPTION=VALUE.'],
    ['a value for a switch', ['--all=yes'], /--all.* does not take/, '--help lists the options.'],
  ])('is refused: %s', (_, args, message, hint) => {
    const refused = refusal(() => parseOptions(table, args));
    expect(refused.message).toMatch(message);
    expect(refused.hint).toBe(hint);
  });

  it.each([[['--memory', '--all', 'host']], [['-m', '-q', 'host']]])(
    'is refused in one line where a value looks like an option: %j',
    (args) => {
      const { message } = refusal(() => parseOptions(table, args));
      expect(message).toMatch(/'(-m|--memory)'/);
      expect(message).not.toContain('\n');
    },
  );

  it.each([['--constructor'], ['--__proto__'], ['--toString']])('is refused where it says %s', (name) => {
    expect(refusal(() => parseOptions(table, [name])).message).toContain(name);
  });
});
