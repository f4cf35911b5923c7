import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { complete, type Sources } from '../../src/completion/complete.ts';
import { answer } from '../../src/completion/complete-command.ts';
import { scripts } from '../../src/completion/scripts.ts';
import { commandTable } from '../../src/table/commands.ts';

const sources: Sources = {
  containers: async () => [
    { name: 'web', state: 'running', image: 'alpine' },
    { name: 'old', state: 'exited' },
    { name: 'new', state: 'created' },
    { name: 'ice', state: 'paused' },
  ],
  images: async () => ['alpine:latest', 'app:1.2'],
  volumes: async () => ['site'],
  capabilities: async () => ['ALL', 'NET_ADMIN', 'NET_RAW'],
};

const valuesFor = async (...words: string[]) =>
  (await complete(words, sources)).candidates.map(({ value }) => value);

describe('what completion offers', () => {
  it.each<[string[], string[]]>([
    [['sta'], ['start', 'stats']],
    [
      ['volume', ''],
      ['ls', 'list', 'create', 'inspect', 'rm', 'remove', 'prune'],
    ],
    [['container', 'pa'], ['pause']],
    [['help', 'vol'], ['volume']],
    [
      ['help', 'volume', 'l'],
      ['ls', 'list'],
    ],
    [
      ['stop', ''],
      ['web', 'ice'],
    ],
    [
      ['start', ''],
      ['old', 'new'],
    ],
    [['unpause', ''], ['ice']],
    [
      ['rm', '-f', 'web', ''],
      ['web', 'old', 'new', 'ice'],
    ],
    [['container', 'rm', 'o'], ['old']],
    [['logs', 'web', ''], []],
    [
      ['inspect', 'a'],
      ['alpine:latest', 'app:1.2'],
    ],
    [
      ['run', 'a'],
      ['alpine:latest', 'app:1.2'],
    ],
    [['run', '-it', '--rm', 'h'], ['host']],
    [['run', 'host', '-'], []],
    [['run', '--', 'h'], ['host']],
    [['run', '--netw'], ['--network']],
    [
      ['run', '--network', ''],
      ['none', 'host', 'container:'],
    ],
    [['run', '--network=h'], ['--network=host']],
    [['run', '--net', 'h'], ['host']],
    [['run', '--name', ''], []],
    [['run', '-itm', '2'], ['256m']],
    [['run', '-m64m', 'h'], ['host']],
    [
      ['run', '--cap-add', 'NET'],
      ['NET_ADMIN', 'NET_RAW'],
    ],
    [['run', '-v', 's'], ['site:']],
    [['run', '--rootfs', '/x', 'a'], []],
    [['kill', '-s', 'SIGH'], ['SIGHUP']],
    [['kill', '-s', 'HU'], ['HUP']],
    [['ps', '--filter', 'st'], ['status=']],
    [['ps', '--filter=sta'], ['--filter=status=']],
    [['ps', '-a', '--al'], []],
    [['ps', '--filter', 'id=1', '--filt'], ['--filter']],
    [['ps', 'x', ''], []],
    [['volume', 'rm', ''], ['site']],
    [['cp', 'w'], ['web:']],
    [
      ['completion', ''],
      ['bash', 'zsh', 'fish'],
    ],
    [['--dem'], ['--demo']],
    [['--theme', 'd'], ['dark']],
    [['frobnicate', ''], []],
    [['volume', 'frobnicate', ''], []],
  ])('%j', async (words, values) => {
    expect(await valuesFor(...words)).toEqual(values);
  });

  it('is every command, first', async () => {
    expect(await valuesFor('')).toEqual(Object.keys(commandTable));
  });

  it.each([
    [['import', ''], 'files'],
    [['run', '--rootfs', ''], 'directories'],
    [['run', '-v', ''], 'directories'],
    [['cp', ''], 'files'],
    [['ps', ''], 'nothing'],
  ])('is a file where one is meant: %j', async (words, also) => {
    expect((await complete(words, sources)).also).toBe(also);
  });

  it('is nothing, and no error, whatever is typed', async () => {
    const word = fc.oneof(
      fc.constantFrom(...Object.keys(commandTable), '--', '-', '--format', '--=', '-itd', '--rootfs'),
      fc.string({ maxLength: 8 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), async (words) => {
        const { candidates } = await complete(words, sources);
        expect(candidates.every(({ value }) => value.startsWith(words.at(-1) ?? ''))).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });
});

describe('the answer to a shell', () => {
  it('is a line for each, and what else there is', () => {
    const candidates = [{ value: 'web', about: 'running' }, { value: 'old' }];
    expect(answer({ candidates, also: 'nothing' }, 0)).toBe('web\trunning\nold\n:nothing\n');
    expect(answer({ candidates: [], also: 'files' }, 0)).toBe(':files\n');
  });

  it('says where no blank is to follow, and leaves out what is there already', () => {
    const candidates = [{ value: '--network=container:' }];
    expect(answer({ candidates, also: 'nothing' }, '--network='.length)).toBe(
      'container:\n:nothing nospace\n',
    );
  });

  it('has nothing that would end a line', () => {
    expect(answer({ candidates: [{ value: 'a\nb' }, { value: 'c\td' }], also: 'nothing' }, 0)).toBe(
      ':nothing\n',
    );
  });
});

it('the scripts ask the command, and have no list of their own', () => {
  for (const script of Object.values(scripts)) {
    expect(script).toContain('__complete');
    expect(script).not.toMatch(/unpause|--memory/);
    expect(script).not.toContain('undefined');
  }
});
