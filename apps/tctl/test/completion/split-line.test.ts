import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLine } from '../../src/completion/split-line.ts';

describe('a line that is being written', () => {
  it.each<[string, string[], boolean]>([
    ['', [''], false],
    ['tctl', ['tctl'], false],
    ['tctl ', ['tctl', ''], false],
    ['  tctl   run  ', ['tctl', 'run', ''], false],
    ["tctl run 'a b", ['tctl', 'run', 'a b'], true],
    ['tctl run "a b" c', ['tctl', 'run', 'a b', 'c'], false],
    ['tctl run a\\ b', ['tctl', 'run', 'a b'], false],
    ['tctl run "a\\"b', ['tctl', 'run', 'a"b'], true],
    ["tctl run '' ", ['tctl', 'run', '', ''], false],
    ['tctl run --x="a b"', ['tctl', 'run', '--x=a b'], false],
    ['tctl run \\', ['tctl', 'run', '\\'], false],
  ])('%j', (line, words, isQuoted) => {
    expect(splitLine(line)).toEqual({ words, isQuoted });
  });

  it('is split, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), (line) => {
        const { words } = splitLine(line);
        expect(words.length).toBeGreaterThan(0);
        expect(words.join('').length).toBeLessThanOrEqual(line.length);
      }),
    );
  });
});
