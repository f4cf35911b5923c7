import { describe, expect, it } from 'vitest';
import { parseArguments } from '../src/arguments.ts';
import { commands } from '../src/commands/commands.ts';
import { intervalOf } from '../src/commands/events.ts';
import { escapeControls, messageOf } from '../src/report.ts';
import { resourcesOf, updateOptions } from '../src/update-flags.ts';

const options = {
  bundle: { kind: 'value', short: 'b', about: '' },
  force: { kind: 'flag', short: 'f', about: '' },
  env: { kind: 'list', short: 'e', about: '' },
} as const;

describe('the command line', () => {
  it.each([
    [['--bundle', '/b', 'id'], '/b', ['id']],
    [['--bundle=/b=c', 'id'], '/b=c', ['id']],
    [['-b', '/b', 'id', '--force'], '/b', ['id', '--force']],
    [['-bundle', '/b', '--', '-x'], '/b', ['-x']],
    [['--bundle', ''], '', []],
  ])('%j is read as runc reads it', (words, bundle, positional) => {
    const args = parseArguments(words, options);
    expect(args.value('bundle')).toBe(bundle);
    expect(args.positional).toEqual(positional);
  });

  it('collects an option that is given more than once, and a flag may be false', () => {
    const args = parseArguments(['-e', 'A=1', '--env', 'B=2', '--force=false'], options);
    expect(args.list('env')).toEqual(['A=1', 'B=2']);
    expect(args.has('force')).toBe(false);
    expect(parseArguments(['-f'], options).has('force')).toBe(true);
  });

  it.each([
    [['--nonsense'], /no option "--nonsense"/],
    [['--bundle'], /--bundle needs a value/],
  ])('%j is refused', (words, problem) => expect(() => parseArguments(words, options)).toThrow(problem));

  it('has the commands of runc that engines and test suites call', () => {
    const names = 'create start state kill delete run exec ps list pause resume update events spec features';
    expect(Object.keys(commands).toSorted()).toEqual(names.split(' ').toSorted());
  });
});

describe('update', () => {
  it('makes resources of its flags', () => {
    const args = parseArguments(['--memory', '64', '--pids-limit', '-1', 'id'], updateOptions);
    expect(resourcesOf(args)).toMatchObject({ memory: { limit: 64 }, pids: { limit: -1 } });
  });

  it('says which file is none, or no JSON', () => {
    for (const file of ['/nonexistent', import.meta.filename]) {
      const args = parseArguments(['--resources', file], updateOptions);
      const failure = { code: 'USAGE', operation: 'read --resources', path: file };
      expect(() => resourcesOf(args)).toThrow(expect.objectContaining(failure));
    }
  });

  it('refuses what is no number', () => {
    expect(() => resourcesOf(parseArguments(['--memory', '64m'], updateOptions))).toThrow(/takes a number/);
  });
});

describe('an error', () => {
  it('does nothing to a terminal or a log, whatever an image has put into it', () => {
    const message = messageOf(new Error('a\u001b[2J\nlevel=info\u009bx\u2028'));
    expect(escapeControls(message)).toBe('a\\u001b[2J\\u000alevel=info\\u009bx\\u2028');
  });
});

describe('--interval', () => {
  it.each([
    ['500ms', 500],
    ['5s', 5000],
    ['1m30s', 90_000],
    ['1.5h', 5_400_000],
  ])('%s is %d ms', (text, milliseconds) => {
    expect(intervalOf(text)).toBe(milliseconds);
  });

  it.each(['', '0s', '5', 's', '-1s', '5s x', '99999h'])('%j is none', (text) => {
    expect(() => intervalOf(text)).toThrow(/--interval takes a time/);
  });
});
