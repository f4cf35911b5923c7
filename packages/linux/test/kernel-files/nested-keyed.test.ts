import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { parseNestedKeyed, parseNestedLimits } from '../../src/kernel-files/nested-keyed.ts';
import { captured, fixture } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

type Nested = Map<string, Map<string, bigint | 'max'>>;

const format = (values: Nested) =>
  [...values]
    .map(([key, inner]) => `${[key, ...[...inner].map(([sub, value]) => `${sub}=${value}`)].join(' ')}\n`)
    .join('');

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });
const word = fc.stringMatching(/^[^ \n=]+$/);
const nested = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Map<string, Map<string, Value>>> =>
  fc
    .array(
      fc.tuple(
        word,
        fc.array(fc.tuple(word, value)).map((entries) => new Map(entries)),
      ),
    )
    .map((entries) => new Map(entries));

describe('parseNestedKeyed', () => {
  test('reads io.stat by device', () => {
    expect(parseNestedKeyed('8:0 rbytes=1 wbytes=2\n8:16 rbytes=3\n')).toEqual(
      new Map([
        [
          '8:0',
          new Map([
            ['rbytes', 1n],
            ['wbytes', 2n],
          ]),
        ],
        ['8:16', new Map([['rbytes', 3n]])],
      ]),
    );
  });

  test('gives the counters of a line with several devices to the last, as Linux 5.15 means them', () => {
    expect(parseNestedKeyed('7:7 7:6 7:5 rbytes=28672 wbytes=0\n')).toEqual(
      new Map([
        ['7:7', new Map()],
        ['7:6', new Map()],
        [
          '7:5',
          new Map([
            ['rbytes', 28672n],
            ['wbytes', 0n],
          ]),
        ],
      ]),
    );
  });

  test.each(['252:0 \n', '252:0 ', '252:0\n'])('reads %j as a device without counters', (text) => {
    expect(parseNestedKeyed(text)).toEqual(new Map([['252:0', new Map()]]));
  });

  test('keeps the key of a device that the kernel cannot name', () => {
    expect(parseNestedKeyed('(unknown) rbytes=0 rios=6\n').get('(unknown)')?.get('rios')).toBe(6n);
  });

  test('leaves out the gauges that io.cost and io.latency add to io.stat', () => {
    const values = parseNestedKeyed('8:0 rbytes=1 cost.vrate=100.00 depth=max cost.usage=7\n').get('8:0');
    expect([...(values ?? [])]).toEqual([
      ['rbytes', 1n],
      ['cost.usage', 7n],
    ]);
  });

  test.each([
    'rbytes=1\n',
    '8:0 =1\n',
    '8:0 rbytes=\n',
    '8:0 rbytes=-1\n',
    '8:0 rbytes=x\n',
    '8:0 a=1 b\n',
    'a b=1\n\n',
  ])('refuses %j', (text) => {
    expect(() => parseNestedKeyed(text)).toThrow(ParseError);
  });

  test('reads back every map of counters', () => {
    fc.assert(
      fc.property(nested(u64), (values) => {
        expect(parseNestedKeyed(format(values))).toEqual(values);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseNestedKeyed));

  test.each(captured(/io\.stat$/))('finds the two megabytes of direct IO in %s', (_, text) => {
    const devices = [...parseNestedKeyed(text).values()];
    expect(devices.some((device) => (device.get('wbytes') ?? 0n) >= 2097152n)).toBe(true);
  });
});

describe('parseNestedLimits', () => {
  test('keeps max apart from numbers', () => {
    expect(parseNestedLimits('8:16 rbps=2097152 wbps=max\n').get('8:16')).toEqual(
      new Map<string, bigint | 'max'>([
        ['rbps', 2097152n],
        ['wbps', 'max'],
      ]),
    );
  });

  test.each(['8:0 rbps=1.5\n', '8:0 rbps=Max\n', '8:0 rbps=-1\n'])('refuses %j', (text) => {
    expect(() => parseNestedLimits(text)).toThrow(ParseError);
  });

  test('reads back every map of limits', () => {
    const limit = fc.oneof(u64, fc.constant('max' as const));
    fc.assert(
      fc.property(nested(limit), (values) => {
        expect(parseNestedLimits(format(values))).toEqual(values);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseNestedLimits));

  test('finds the write limit of the captured cgroup', () => {
    const [limits] = parseNestedLimits(fixture('v2-6.1').read('cgroup/unified/io.max')).values();
    expect(limits?.get('wbps')).toBe(104857600n);
    expect(limits?.get('riops')).toBe('max');
  });
});
