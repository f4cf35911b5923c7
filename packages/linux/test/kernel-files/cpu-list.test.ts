import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { formatCpuList, parseCpuList } from '../../src/kernel-files/cpu-list.ts';
import { captured } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const cpus = fc.uniqueArray(fc.nat(200)).map((list) => list.sort((a, b) => a - b));

describe('parseCpuList', () => {
  test.each([
    ['0-3,5\n', [0, 1, 2, 3, 5]],
    ['0\n', [0]],
    ['\n', []],
    ['', []],
    ['7-7', [7]],
  ])('reads %j', (text, list) => {
    expect(parseCpuList(text)).toEqual(list);
  });

  test.each([
    'a',
    '0-',
    '-1',
    '3-1',
    '0,0',
    '2,1',
    '0-3,2',
    '0,',
    '0-1-2',
    '0 1',
    '0-65536',
    '0-4294967295',
    '0\n1\n',
  ])('refuses %j', (text) => {
    expect(() => parseCpuList(text)).toThrow(ParseError);
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseCpuList));

  test.each(captured(/cpuset\.(cpus|mems|effective_cpus|cpus\.effective)$/))(
    'reads %s without loss',
    (_, text) => {
      expect(`${formatCpuList(parseCpuList(text))}\n`).toBe(text);
    },
  );
});

describe('formatCpuList', () => {
  test('sorts, drops duplicates and joins neighbours', () => {
    expect(formatCpuList([5, 3, 1, 0, 2, 3])).toBe('0-3,5');
  });

  test('writes two neighbours as a range and a hole as two numbers', () => {
    expect(formatCpuList([0, 1, 3])).toBe('0-1,3');
  });

  test('writes text that reads back as the same CPUs', () => {
    fc.assert(
      fc.property(cpus, (list) => {
        expect(parseCpuList(formatCpuList(list))).toEqual(list);
      }),
    );
  });

  test.each([-1, 1.5, Number.NaN, 65_536])('refuses %d, which numbers no CPU', (cpu) => {
    expect(() => formatCpuList([0, cpu])).toThrow(RangeError);
  });
});
