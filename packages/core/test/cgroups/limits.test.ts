import { describe, expect, it } from 'vitest';
import { deviceNumber, resolveBlockDevice } from '../../src/cgroups/block-device.ts';
import type { Limits } from '../../src/cgroups/limits.ts';
import { normaliseLimits } from '../../src/cgroups/normalise-limits.ts';
import { thrownBy } from './fake-facts.ts';

const given = (limits: Limits) => normaliseLimits(limits, () => '8:0');
/** Without the limits that are undefined. */
const normal = (limits: Limits) => JSON.parse(JSON.stringify(given(limits)));

describe('normaliseLimits', () => {
  it('limits nothing when nothing is asked', () => {
    expect(normal({})).toEqual({});
    expect(normal({ memory: undefined, pids: undefined, io: undefined })).toEqual({});
  });

  it.each<[Limits, object]>([
    [{ memory: '64m' }, { memoryBytes: 67_108_864 }],
    [{ memory: 65_536 }, { memoryBytes: 65_536 }],
    [{ memory: 'max' }, { memoryBytes: 'max' }],
    [
      { memory: '1m', memorySwap: 0 },
      { memoryBytes: 1_048_576, swapBytes: 0 },
    ],
    [
      { memory: '1m', memorySwap: 'max' },
      { memoryBytes: 1_048_576, swapBytes: 'max' },
    ],
    [{ memorySwap: 'max' }, { swapBytes: 'max' }],
    [
      { memory: '1m', memoryHigh: '1m', memoryLow: '1m' },
      { memoryBytes: 1_048_576, memoryHighBytes: 1_048_576, memoryLowBytes: 1_048_576 },
    ],
    [
      { memory: 'max', memoryHigh: '1g' },
      { memoryBytes: 'max', memoryHighBytes: 1_073_741_824 },
    ],
    [
      { memoryHigh: 'max', memoryLow: 0 },
      { memoryHighBytes: 'max', memoryLowBytes: 0 },
    ],
    [{ pids: 1 }, { pids: 1 }],
    [{ pids: 4_194_304 }, { pids: 4_194_304 }],
    [{ pids: 'max' }, { pids: 'max' }],
    [{ cpus: 0.01 }, { cpuQuotaUsec: 1000 }],
    [{ cpus: 0.5 }, { cpuQuotaUsec: 50_000 }],
    [{ cpus: 1 / 3 }, { cpuQuotaUsec: 33_333 }],
    [{ cpus: 64 }, { cpuQuotaUsec: 6_400_000 }],
    [{ cpuWeight: 1 }, { cpuWeight: 1 }],
    [{ cpuWeight: 10_000 }, { cpuWeight: 10_000 }],
    [{ cpuset: '0' }, { cpuset: '0' }],
    [{ cpuset: '5,0-2,1,3' }, { cpuset: '0-3,5' }],
    [{ io: [] }, { io: [] }],
    [
      { io: [{ device: '/dev/sda', readBps: '1m', writeIops: 10 }] },
      { io: [{ device: '8:0', name: '/dev/sda', readBps: 1_048_576, writeIops: 10 }] },
    ],
  ])('takes %j', (limits, expected) => {
    expect(normal(limits)).toEqual(expected);
  });

  it.each<[string, Limits, problem: RegExp, hint: RegExp]>([
    ['memory', { memory: 'lots' }, /"lots" is not a size/, /64m/],
    ['memory', { memory: Number.NaN }, /NaN is not a size/, /64m/],
    ['memory', { memory: -1 }, /-1 is not a size/, /64m/],
    ['memory', { memory: 65_535 }, /65535 is not allowed/, /At least 64k/],
    ['memory', { memory: 64 }, /64 is not allowed/, /At least 64k/],
    ['memoryHigh', { memory: '1m', memoryHigh: '2m' }, /exceeds the memory limit/, /1 MiB/],
    ['memoryLow', { memory: '1m', memoryLow: '2m' }, /exceeds the memory limit/, /1 MiB/],
    ['memoryLow', { memoryLow: 'max' }, /is not a size/, /64m/],
    ['memorySwap', { memorySwap: '1m' }, /without a memory limit/, /Set memory/],
    ['memorySwap', { memory: 'max', memorySwap: '1m' }, /without a memory limit/, /Set memory/],
    ['pids', { pids: 0 }, /0 is not allowed/, /from 1 to 4194304/],
    ['pids', { pids: 1.5 }, /1.5 is not allowed/, /whole number/],
    ['pids', { pids: 4_194_305 }, /not allowed/, /4194304/],
    ['pids', { pids: '20' as never }, /"20" is not allowed/, /whole number/],
    ['cpus', { cpus: 0 }, /0 is not allowed/, /0.01 or more/],
    ['cpus', { cpus: 0.009 }, /not allowed/, /0.01 or more/],
    ['cpus', { cpus: Number.NaN }, /NaN is not allowed/, /0.01 or more/],
    ['cpus', { cpus: Number.POSITIVE_INFINITY }, /Infinity is not allowed/, /0.01 or more/],
    ['cpus', { cpus: '0.5' as never }, /"0.5" is not allowed/, /0.01 or more/],
    ['cpuWeight', { cpuWeight: 0 }, /not allowed/, /1 to 10000/],
    ['cpuWeight', { cpuWeight: 10_001 }, /not allowed/, /1 to 10000/],
    ['cpuset', { cpuset: '' }, /"" is not allowed/, /0-3,5/],
    ['cpuset', { cpuset: '3-1' }, /not allowed/, /0-3,5/],
    ['cpuset', { cpuset: '0,' }, /not allowed/, /0-3,5/],
    ['cpuset', { cpuset: '0-99999' }, /not allowed/, /0-3,5/],
    ['cpuset', { cpuset: '0\n' }, /not allowed/, /0-3,5/],
    ['cpuset', { cpuset: 0 as never }, /not allowed/, /0-3,5/],
    ['io', { io: {} as never }, /not allowed/, /list/],
    ['io', { io: [{ device: '/dev/sda' }] }, /not allowed/, /at least one/],
    ['io', { io: [{ device: '/dev/sda', readBps: 0 }] }, /not allowed/, /At least 1 byte/],
    ['io', { io: [{ device: '/dev/sda', readIops: 2 ** 32 }] }, /not allowed/, /4294967294/],
    ['ram', { ram: '64m' } as never, /does not exist/, /memory, memoryHigh/],
    ['toString', { toString: 1 } as never, /does not exist/, /memory, memoryHigh/],
  ])('refuses %s of %j', (limit, limits, problem, hint) => {
    const error = thrownBy(() => given(limits));
    expect(error).toMatchObject({ code: 'INVALID_LIMIT', operation: `set the limit ${limit}` });
    expect(error.message).toMatch(problem);
    expect(error.hint).toMatch(hint);
  });
});

describe('resolveBlockDevice', () => {
  it('takes numbers as they are', () => {
    expect(resolveBlockDevice('259:12')).toBe('259:12');
  });

  it.each([
    ['/dev/null', /is not a block device/],
    ['/', /is not a block device/],
    ['/dev/no-such-disk', /does not exist/],
    ['sda\0', /cannot be looked at/],
    ['', /is not a device/],
    ['8:0:0', /does not exist/],
  ])('refuses %j', (device, problem) => {
    const error = thrownBy(() => resolveBlockDevice(device));
    expect(error).toMatchObject({ code: 'INVALID_LIMIT', hint: expect.stringContaining('/dev/sda') });
    expect(error.message).toMatch(problem);
  });

  // makedev(3): the minor's low 8 bits, the major's 12, then the rest of the minor, then that of the major.
  it.each([
    [0x0801n, '8:1'],
    [0x1_0301n, '259:1'],
    [0xfe00n, '254:0'],
    [0x0010_0000n, '0:256'],
    [0xffff_ffffn, '4095:1048575'],
    [0x1000_0000_0000n, '4096:0'],
  ])('reads the numbers out of device %d', (rdev, expected) => {
    expect(deviceNumber(rdev)).toBe(expected);
  });
});
