import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsedCount } from '../../src/figures/slots.ts';
import {
  blkioSum,
  flatKeyed,
  nestedSum,
  type Parse,
  pressure,
  quotaAndPeriod,
  single,
  v1MemoryLimit,
  v1Quota,
} from '../../src/parsing/formats.ts';
import { parseNetDev } from '../../src/sampling/network.ts';

/** What is parsed out of a text, in slots 0 to 3. The buffer is longer, as a reused one is. */
function parsed(parse: Parse, text: string): number[] {
  const into = new Float64Array(parsedCount).fill(-1);
  const bytes = Buffer.from(`${text}999 max 999\n`);
  parse(bytes, Buffer.byteLength(text), into);
  return [...into.subarray(0, 4)];
}
const one = (parse: Parse, text: string) => parsed(parse, text)[0];

describe('single', () => {
  it.each([
    ['0\n', 0],
    ['4096\n', 4096],
    ['4096', 4096],
    ['9007199254740991\n', Number.MAX_SAFE_INTEGER],
    ['max\n', Number.POSITIVE_INFINITY],
    ['', Number.NaN],
    ['\n', Number.NaN],
    ['many\n', Number.NaN],
    ['-1\n', Number.NaN],
  ])('%j', (text, value) => expect(one(single(0), text)).toBe(value));

  it('scales', () => expect(one(single(0, 0.5), '7\n')).toBe(3.5));
});

it.each([
  ['9223372036854771712\n', Number.POSITIVE_INFINITY], // pages of 4 KiB
  ['9223372036854710272\n', Number.POSITIVE_INFINITY], // of 64 KiB
  ['67108864\n', 67_108_864],
  ['', Number.NaN],
])('a limit of v1 %j', (text, value) => expect(one(v1MemoryLimit(0), text)).toBe(value));

it.each([
  ['-1\n', Number.POSITIVE_INFINITY],
  ['50000\n', 50_000],
  ['', Number.NaN],
])('a quota of v1 %j', (text, value) => expect(one(v1Quota(0), text)).toBe(value));

it.each([
  ['max 100000\n', Number.POSITIVE_INFINITY],
  ['50000 100000\n', 0.5],
  ['150000 100000\n', 1.5],
  ['50000\n', Number.NaN],
  ['', Number.NaN],
])('cpu.max %j', (text, value) => expect(one(quotaAndPeriod(0), text)).toBe(value));

describe('flatKeyed', () => {
  const parse = flatKeyed([
    { name: 'max', slot: 0 },
    { name: 'oom_kill', slot: 1, scale: 10 },
  ]);
  it('takes whole keys at the start of a line', () =>
    expect(parsed(parse, 'low 1\nmaximum 2\nxmax 3\nmax 4\noom 5\noom_kill 6\noom_kill_x 7\n')).toEqual([
      4, 60, -1, -1,
    ]));
  it('says NaN of what is not there', () =>
    expect(parsed(parse, 'max 4\n')).toEqual([4, Number.NaN, -1, -1]));
  it('forgets what was there', () => expect(parsed(parse, '')).toEqual([Number.NaN, Number.NaN, -1, -1]));
});

describe('nestedSum', () => {
  const parse = nestedSum([
    { name: 'rbytes', slot: 0 },
    { name: 'wbytes', slot: 1 },
  ]);
  it('adds up devices', () =>
    expect(parsed(parse, '8:0 rbytes=1 wbytes=2 rios=3\n8:16 wbytes=10 rbytes=20\n')).toEqual([
      21, 12, -1, -1,
    ]));
  it('is 0 where no device has a line, as on v2', () => expect(parsed(parse, '')).toEqual([0, 0, -1, -1]));
  it('survives a device without figures', () =>
    expect(parsed(parse, '8:0 \n8:16\n8:32 rbytes=1\n')).toEqual([1, 0, -1, -1]));
});

describe('blkioSum', () => {
  const parse = blkioSum([
    { name: 'Read', slot: 0 },
    { name: 'Write', slot: 1 },
  ]);
  it('adds up devices, without the total', () =>
    expect(
      parsed(parse, '8:0 Read 1\n8:0 Write 2\n8:0 Total 3\n8:16 Read 10\n8:16 Write 0\nTotal 13\n'),
    ).toEqual([11, 2, -1, -1]));
  it('is NaN where nothing was counted', () =>
    expect(parsed(parse, 'Total 0\n')).toEqual([Number.NaN, Number.NaN, -1, -1]));
});

describe('pressure', () => {
  const parse = pressure({ some: 0, full: 1, someTotal: 2, fullTotal: 3 });
  it('gives shares from 0 to 1, and microseconds', () => {
    const text =
      'some avg10=7.78 avg60=1.40 avg300=0.29 total=1225234\nfull avg10=100.00 avg60=1.40 avg300=0.29 total=7\n';
    expect(parsed(parse, text)).toEqual([expect.closeTo(0.0778, 10), 1, 1_225_234, 7]);
  });
  it('knows that older kernels have no full line for CPU', () =>
    expect(parsed(parse, 'some avg10=0.00 avg60=0.00 avg300=0.00 total=5\n')).toEqual([
      0,
      Number.NaN,
      5,
      Number.NaN,
    ]));
});

describe('every parser', () => {
  const parsers: Parse[] = [
    single(0),
    v1MemoryLimit(0),
    v1Quota(0),
    quotaAndPeriod(0),
    flatKeyed([{ name: 'a', slot: 0 }]),
    nestedSum([{ name: 'a', slot: 0 }]),
    blkioSum([{ name: 'a', slot: 0 }]),
    pressure({ some: 0, full: 1, someTotal: 2, fullTotal: 3 }),
    parseNetDev,
  ];
  const words = fc.constantFrom(
    'max',
    'some ',
    'full ',
    'avg10=',
    'total=',
    'a ',
    'a=',
    '8:0 ',
    ' ',
    '\n',
    ':',
    '.',
    '7',
    '-',
  );
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc.array(words, { maxLength: 40 }).map((all) => Uint8Array.from(Buffer.from(all.join('')))),
  );
  it('survives any bytes, and gives numbers that are not negative, or nothing', () => {
    fc.assert(
      fc.property(bytes, fc.nat(), (text, cut) => {
        const into = new Float64Array(parsedCount).fill(Number.NaN);
        for (const parse of parsers) parse(text, Math.min(cut, text.length), into);
        expect(into.find((value) => !(value >= 0 || Number.isNaN(value)))).toBeUndefined();
      }),
      { numRuns: 10_000 },
    );
  });
});
