import type { CgroupSample, HostFigures } from '@tc/monitor';
import { describe, expect, it } from 'vitest';
import { restingRow, statsHeadings, statsRow } from '../../src/commands/stats-row.ts';

const host = { memoryTotalBytes: 8 * 2 ** 30 } as HostFigures;
const sample = (figures: object, rates: object = {}, cgroup: object = {}) =>
  ({
    cgroup: { path: '/tctl-0123456789ab', kind: 'tctl', id: '0123456789ab', name: 'web', ...cgroup },
    figures,
    rates,
  }) as unknown as CgroupSample;

const cells = (...given: Parameters<typeof statsRow>) => Object.values(statsRow(...given));

describe('a row of tctl stats', () => {
  it("has Docker's columns", () => {
    const figures = {
      memoryBytes: 60 << 20,
      memoryWorkingSetBytes: 32 << 20,
      memoryLimitBytes: 64 << 20,
      networkReceiveBytes: 1449,
      networkTransmitBytes: 0,
      ioReadBytes: 12_345_678,
      ioWriteBytes: 4096,
      pids: 7,
    };
    expect(cells(sample(figures, { cpuUsageUsec: 1_256_000 }), host)).toEqual([
      '0123456789ab',
      'web',
      '125.60%',
      '32MiB / 64MiB',
      '50.00%',
      '1.45kB / 0B',
      '12.3MB / 4.1kB',
      '7',
    ]);
  });

  it('has the memory of the machine where there is no limit, or a larger one', () => {
    for (const memoryLimitBytes of ['max', 2 ** 50]) {
      const row = cells(sample({ memoryBytes: 2 ** 30, memoryLimitBytes }), host);
      expect(row.slice(3, 5)).toEqual(['1GiB / 8GiB', '12.50%']);
    }
  });

  it('has -- for what is not known, and for a container that does not run', () => {
    const unknown = ['--', '-- / --', '--', '-- / --', '-- / --', '--'];
    expect(cells(sample({}), host).slice(2)).toEqual(unknown);
    expect(Object.values(restingRow('0123456789ab', 'web'))).toEqual(['0123456789ab', 'web', ...unknown]);
    expect(Object.keys(statsRow(sample({}), host))).toEqual(Object.keys(statsHeadings));
  });

  it('is exact where that is asked for', () => {
    const row = statsRow(sample({ memoryBytes: 12_345_678, ioReadBytes: 5 }), host, { exact: true });
    expect(row).toMatchObject({ MemUsage: '12345678 / --', BlockIO: '5 / --' });
  });

  it('shows no control characters of a cgroup', () => {
    const row = cells(sample({}, {}, { kind: 'other', id: undefined, path: '/a\u001b[2J' }), host);
    expect(row.slice(0, 2)).toEqual(['--', '/a\\x1b[2J']);
  });
});
