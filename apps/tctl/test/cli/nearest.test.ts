import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/cli/nearest.ts';

const names = ['run', 'demo', 'memory', 'memory-swap', 'pids', 'pids-limit', 'network'];

describe('the nearest name', () => {
  it.each([
    ['a letter too few', 'memry', 'memory'],
    ['a letter too many', 'memoryy', 'memory'],
    ['another letter', 'mamory', 'memory'],
    ['two letters swapped, in a long word', 'netowrk', 'network'],
    ['two letters swapped, in a short word', 'rnu', 'run'],
    ['one edit in a short word', 'rum', 'run'],
    ['one edit in a word of two letters', 'rn', 'run'],
    ['the word itself', 'pids', 'pids'],
    ['the closest of several', 'memory-swa', 'memory-swap'],
    ['a third of the word', 'pidlimit', 'pids-limit'],
  ])('is found over %s: %s', (_, word, name) => {
    expect(nearest(word, names)).toBe(name);
  });

  it.each([
    ['shares nothing', 'frobnicate'],
    ['is empty', ''],
    ['is short and takes two edits', 'rom'],
    ['takes more than a third of the word', 'nexxxrk'],
  ])('is none where the word %s', (_, word) => {
    expect(nearest(word, names)).toBeUndefined();
  });

  it('is none among no candidates', () => {
    expect(nearest('run', [])).toBeUndefined();
  });

  it('is the first of those that are equally near', () => {
    expect(nearest('bat', ['cat', 'rat'])).toBe('cat');
    expect(nearest('bat', ['rat', 'cat'])).toBe('rat');
  });
});
