import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { type Pressure, parsePressure } from '../../src/kernel-files/pressure.ts';
import { captured } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const format = (pressure: Pressure) =>
  (['some', 'full'] as const)
    .flatMap((kind) => {
      const line = pressure[kind];
      if (line === undefined) return [];
      const [avg10, avg60, avg300] = [line.avg10, line.avg60, line.avg300].map((percent) =>
        percent.toFixed(2),
      );
      return [`${kind} avg10=${avg10} avg60=${avg60} avg300=${avg300} total=${line.totalUs}\n`];
    })
    .join('');

const percent = fc.integer({ min: 0, max: 10_000 }).map((hundredths) => hundredths / 100);
const line = fc.record({
  avg10: percent,
  avg60: percent,
  avg300: percent,
  totalUs: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
});
const pressure: fc.Arbitrary<Pressure> = fc.oneof(
  fc.record({ some: line, full: line }),
  fc.record({ some: line }),
  fc.record({ full: line }),
);

describe('parsePressure', () => {
  test('reads percent as numbers and the total as microseconds', () => {
    const text = 'some avg10=4.96 avg60=2.08 avg300=100.00 total=22137358\n';
    expect(parsePressure(text)).toEqual({
      some: { avg10: 4.96, avg60: 2.08, avg300: 100, totalUs: 22137358n },
    });
  });

  test('ignores averages and lines that a later kernel adds', () => {
    const text = 'none avg10=x\nfull avg1=0.50 avg10=0.00 avg60=0.00 avg300=0.00 total=1 mean=2\n';
    expect(parsePressure(text)).toEqual({ full: { avg10: 0, avg60: 0, avg300: 0, totalUs: 1n } });
  });

  test.each([
    ['nothing', ''],
    ['no known line', 'most avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'],
    ['no avg300', 'some avg10=0.00 avg60=0.00 total=0\n'],
    ['no total', 'some avg10=0.00 avg60=0.00 avg300=0.00\n'],
    ['an average without digits', 'some avg10= avg60=0.00 avg300=0.00 total=0\n'],
    ['a negative average', 'some avg10=-1.00 avg60=0.00 avg300=0.00 total=0\n'],
    ['a total that is no integer', 'some avg10=0.00 avg60=0.00 avg300=0.00 total=1.5\n'],
    ['an empty line', '\nsome avg10=0.00 avg60=0.00 avg300=0.00 total=0\n'],
  ])('refuses text with %s', (_, text) => {
    expect(() => parsePressure(text)).toThrow(ParseError);
  });

  test('reads back every pressure that the kernel could print', () => {
    fc.assert(
      fc.property(pressure, (value) => {
        expect(parsePressure(format(value))).toEqual(value);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parsePressure));

  test.each(captured(/(\.pressure|pressure\/\w+)$/).filter(([label]) => !label.endsWith('cgroup.pressure')))(
    'reads %s without loss',
    (_, text) => {
      expect(format(parsePressure(text))).toBe(text);
    },
  );
});
