import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import {
  parseCounter,
  parseCpuMax,
  parseLimit,
  parsePids,
  parseV1Limit,
  parseWords,
} from '../../src/kernel-files/single-value.ts';
import { captured, fixture } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const u64 = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

describe('parseCounter', () => {
  test('reads every counter back exactly', () => {
    fc.assert(
      fc.property(u64, (value) => {
        expect(parseCounter(`${value}\n`)).toBe(value);
      }),
    );
  });

  test.each([
    '',
    '\n',
    '-1\n',
    '1\n2\n',
    ' 1\n',
    '1 \n',
    '1.0\n',
    'max\n',
    '0x1\n',
    '1e3\n',
    '٣\n',
    '100000000000000000000000\n',
  ])('refuses %j', (text) => {
    expect(() => parseCounter(text)).toThrow(ParseError);
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseCounter));

  test.each(captured(/(memory\.(current|usage_in_bytes|max_usage_in_bytes)|pids\.current|cpuacct\.usage)$/))(
    'finds something counted in %s',
    (_, text) => {
      expect(parseCounter(text)).toBeGreaterThan(0n);
    },
  );
});

describe('parseLimit', () => {
  test('reads every limit back exactly', () => {
    const limit = fc.oneof(u64, fc.constant('max' as const));
    fc.assert(
      fc.property(limit, (value) => {
        expect(parseLimit(`${value}\n`)).toBe(value);
      }),
    );
  });

  test.each(['', 'Max\n', 'max max\n', '-1\n', 'unlimited\n'])('refuses %j', (text) => {
    expect(() => parseLimit(text)).toThrow(ParseError);
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseLimit));

  test('finds the limits of the captured cgroup', () => {
    const { read } = fixture('v2-6.1');
    expect(parseLimit(read('cgroup/unified/memory.max'))).toBe(67108864n);
    expect(parseLimit(read('cgroup/unified/memory.high'))).toBe('max');
  });

  test.each(captured(/pids\.max$/))('finds the 20 processes of %s', (_, text) => {
    expect(parseLimit(text)).toBe(20n);
  });
});

describe('parseV1Limit', () => {
  test.each([
    ['9223372036854771712', 4096, 'the unlimited value of 4 KiB pages'],
    ['9223372036854710272', 65_536, 'the unlimited value of 64 KiB pages'],
    ['9223372036852678656', 2_097_152, 'the unlimited value of 2 MiB huge pages'],
    ['9223372036854775807', 4096, 'the unlimited value before Linux 3.19'],
    ['-1', 4096, 'the unlimited CPU quota'],
  ])('reads %s with pages of %i bytes as max: %s', (text, pageSizeBytes) => {
    expect(parseV1Limit(`${text}\n`, pageSizeBytes)).toBe('max');
  });

  test('takes the greatest limit that is one as a number', () => {
    expect(parseV1Limit('9223372036854767616\n')).toBe(9223372036854767616n);
  });

  test('reads a limit of zero as zero', () => {
    expect(parseV1Limit('0\n')).toBe(0n);
  });

  test.each(['', '-2\n', 'max\n', '1 2\n'])('refuses %j', (text) => {
    expect(() => parseV1Limit(text)).toThrow(ParseError);
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseV1Limit));

  test.each(['v1-6.1', 'hybrid-6.1', 'hybrid-6.18'])('tells the limited from the unlimited on %s', (name) => {
    const { read } = fixture(name);
    expect(parseV1Limit(read('cgroup/memory/memory.limit_in_bytes'))).toBe(67108864n);
    expect(parseV1Limit(read('cgroup/memory/memory.memsw.limit_in_bytes'))).toBe('max');
  });
});

describe('parseWords', () => {
  test.each([
    ['cpuset cpu io\n', ['cpuset', 'cpu', 'io']],
    ['', []],
    ['\n', []],
  ])('reads %j', (text, words) => {
    expect(parseWords(text)).toEqual(words);
  });

  test('never throws and never finds an empty word', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(parseWords(text)).not.toContain('');
      }),
    );
  });

  test('finds the controllers of the captured cgroup', () => {
    const words = parseWords(fixture('v2-6.1').read('cgroup/unified/cgroup.controllers'));
    expect(words).toEqual(expect.arrayContaining(['cpu', 'io', 'memory', 'pids']));
  });
});

describe('parsePids', () => {
  test('reads back every list of pids', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(4_194_304)), (pids) => {
        expect(parsePids(pids.map((pid) => `${pid}\n`).join(''))).toEqual(pids);
      }),
    );
  });

  test.each(['1 2\n', '-1\n', '\n', 'x\n'])('refuses %j', (text) => {
    expect(() => parsePids(text)).toThrow(ParseError);
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parsePids));

  test.each(captured(/cgroup\.procs$/))('finds the one process of %s', (_, text) => {
    expect(parsePids(text)).toEqual([expect.any(Number)]);
  });
});

describe('parseCpuMax', () => {
  test('reads back every quota and period', () => {
    const quota = fc.oneof(fc.nat(), fc.constant('max' as const));
    fc.assert(
      fc.property(quota, fc.nat(1_000_000), (quotaUs, periodUs) => {
        expect(parseCpuMax(`${quotaUs} ${periodUs}\n`)).toEqual({ quotaUs, periodUs });
      }),
    );
  });

  test.each(['max\n', '', 'max max\n', '-1 100000\n', '1.5 100000\n', '1 100000\n2 100000\n'])(
    'refuses %j',
    (text) => {
      expect(() => parseCpuMax(text)).toThrow(ParseError);
    },
  );

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseCpuMax));

  test.each(captured(/cpu\.max$/))('finds the half CPU of %s', (_, text) => {
    expect(parseCpuMax(text)).toEqual({ quotaUs: 50_000, periodUs: 100_000 });
  });
});
