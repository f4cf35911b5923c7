import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteWords, splitWords } from '../../../src/dashboard/form/shell-words.ts';

/** What a real shell makes of it. */
function wordsOfShell(text: string): string[] {
  const script = `for word in "$@"; do printf '%s\\0' "$word"; done`;
  const out = execFileSync('sh', ['-c', `set -- ${text}\n${script}`], { encoding: 'utf8' });
  return out.split('\0').slice(0, -1);
}

describe('words of a command line', () => {
  it.each([
    'sleep 60',
    "sh -c 'echo a  b; exit 3'",
    'sh -c "echo \\"a\\" \\\\ c"',
    "a\\ b c\\'d \"e'f\" 'g\"h'",
    "''  \"\" x''y",
    '  many   spaces  ',
    '"a\\nb"',
    'ünï "日本 語"',
  ])('are those of sh for %s', (text) => {
    expect(splitWords(text)).toEqual(wordsOfShell(text));
  });

  it('are none where there is nothing', () => {
    expect(splitWords('   ')).toEqual([]);
  });

  it('mean themselves where a shell would read more into them', () => {
    expect(splitWords('echo $HOME | wc * > x')).toEqual(['echo', '$HOME', '|', 'wc', '*', '>', 'x']);
  });

  it.each([
    ["sh -c 'echo", "the quote ' has no end"],
    ['a "b', 'the quote " has no end'],
    ['a \\', 'there is nothing after the last \\'],
  ])('are refused for %s', (text, problem) => {
    expect(() => splitWords(text)).toThrow(problem);
  });
});

describe('quoted words', () => {
  const hostile = [
    '',
    'a b',
    "it's",
    '$(reboot)',
    '`x`',
    '*',
    '~',
    '-x',
    'a\nb',
    '\\',
    '"',
    '#',
    'a=b',
    '!',
    '日本',
    '{a,b}',
  ];

  it('are read back by a real shell as they were, whatever they are', () => {
    expect(wordsOfShell(quoteWords(hostile))).toEqual(hostile);
  });

  it('are read back by us as they were', () => {
    expect(splitWords(quoteWords(hostile))).toEqual(hostile);
  });

  it('have no quotes where none are needed', () => {
    expect(quoteWords(['tctl', 'run', '--cpus=0.5', '/a/b:/c:ro', 'alpine:3.20'])).toBe(
      'tctl run --cpus=0.5 /a/b:/c:ro alpine:3.20',
    );
  });
});
