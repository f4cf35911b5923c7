import { describe, expect, it } from 'vitest';
import { parseProcessStat, processCell, type ShownProcess } from '../../src/commands/process-cells.ts';
import type { ProcessColumn } from '../../src/table/process-columns.ts';

const now = new Date(2026, 0, 31, 12, 0, 0);
const shown: ShownProcess = {
  pid: 42,
  parentPid: 41,
  name: 'a) b',
  command: ['sh', '-c', 'x\u001b[2J'],
  userId: 1000,
  state: 'S',
  threads: 2,
  memoryBytes: 8 << 20,
  cpuUsec: 3_723_000_000,
  cpuCores: undefined,
  startedAt: new Date(2026, 0, 31, 10, 0, 0),
  cgroupPath: '/x',
  user: 'web',
  stat: parseProcessStat(
    `42 (a) b) S 41 42 42 34816 42 4194304 0 0 0 0 0 0 0 0 20 -5 2 0 100 ${64 << 20} 2048 0`,
  ),
};
const cell = (column: ProcessColumn, of: Partial<ShownProcess> = {}) =>
  processCell(column, { ...shown, ...of }, { now, memoryTotalBytes: 1 << 30 });

describe('a cell of tctl top', () => {
  it.each([
    ['pid', '42'],
    ['ppid', '41'],
    ['pgid', '42'],
    ['sid', '42'],
    ['uid', '1000'],
    ['user', 'web'],
    ['tty', 'pts/0'],
    ['state', 'S'],
    ['stat', 'S<sl+'],
    ['ni', '-5'],
    ['nlwp', '2'],
    ['c', '51'],
    ['pcpu', '51.7'],
    ['pmem', '0.8'],
    ['rss', '8192'],
    ['vsz', '65536'],
    ['stime', '10:00'],
    ['time', '01:02:03'],
    ['etime', '02:00:00'],
    ['comm', 'a) b'],
    ['args', 'sh -c x\\x1b[2J'],
  ] as const)('%s', (column, text) => {
    expect(cell(column)).toBe(text);
  });

  it('tells what is not known, and what is old', () => {
    const gone = { stat: undefined, user: undefined };
    expect(
      ['pgid', 'ni', 'vsz', 'tty', 'stat', 'user'].map((each) => cell(each as ProcessColumn, gone)),
    ).toEqual(['-', '-', '-', '?', 'S', '1000']);
    expect(cell('uid', { userId: undefined })).toBe('-');
    const old = { startedAt: new Date(2026, 0, 28, 10, 0, 0) };
    expect([cell('stime', old), cell('etime', old)]).toEqual(['Jan28', '3-02:00:00']);
    expect(cell('stime', { startedAt: new Date(2025, 0, 28) })).toBe('2025');
    const young = { startedAt: new Date(now.getTime() + 5) };
    expect([cell('etime', young), cell('pcpu', young)]).toEqual(['00:00', '0.0']);
    expect(cell('args', { command: [] })).toBe('[a) b]');
  });
});
