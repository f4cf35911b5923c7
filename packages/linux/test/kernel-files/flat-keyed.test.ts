import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { parseFlatKeyed } from '../../src/kernel-files/flat-keyed.ts';
import { captured, fixture } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const format = (values: Map<string, bigint>) =>
  [...values].map(([key, value]) => `${key} ${value}\n`).join('');
const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('parseFlatKeyed', () => {
  test('keeps the order of keys and counters beyond 2^53', () => {
    expect([...parseFlatKeyed('usage_usec 18446744073709551615\nuser_usec 9007199254740993\n')]).toEqual([
      ['usage_usec', 18446744073709551615n],
      ['user_usec', 9007199254740993n],
    ]);
  });

  test('reads an empty file as no keys, as cpu.stat.local without a cpu controller', () => {
    expect(parseFlatKeyed('').size).toBe(0);
  });

  test('treats a key named like an object property as any other', () => {
    expect(parseFlatKeyed('__proto__ 1\n').get('__proto__')).toBe(1n);
  });

  test.each([
    'anon\n',
    'anon \n',
    ' 1\n',
    'anon -1\n',
    'anon 0x10\n',
    'anon max\n',
    'anon 1 2\n',
    'a 1\n\nb 2\n',
  ])('refuses %j', (text) => {
    expect(() => parseFlatKeyed(text)).toThrow(ParseError);
  });

  test('reads back every map of counters', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.stringMatching(/^[^ \n]+$/), u64)), (entries) => {
        const values = new Map(entries);
        expect(parseFlatKeyed(format(values))).toEqual(values);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseFlatKeyed));

  test.each(
    captured(/(cpu\.stat|cpuacct\.stat|memory\.stat|cgroup\.stat|\.events(\.local)?|memory\.oom_control)$/),
  )('reads %s without loss', (_, text) => {
    expect(format(parseFlatKeyed(text))).toBe(text);
  });

  test('finds the captured cgroup alive, charged for memory and throttled', () => {
    const { read } = fixture('v2-6.1');
    expect(parseFlatKeyed(read('cgroup/unified/cgroup.events')).get('populated')).toBe(1n);
    expect(parseFlatKeyed(read('cgroup/unified/memory.stat')).get('pgfault')).toBeGreaterThan(0n);
    expect(parseFlatKeyed(read('cgroup/unified/cpu.stat')).get('nr_throttled')).toBeGreaterThan(0n);
    expect(parseFlatKeyed(read('cgroup/unified/memory.events')).get('oom_kill')).toBe(0n);
  });

  test("finds the memory limit in v1's memory.stat", () => {
    const stat = parseFlatKeyed(fixture('v1-6.1').read('cgroup/memory/memory.stat'));
    expect(stat.get('hierarchical_memory_limit')).toBe(67108864n);
  });
});
