import { describe, expect, it } from 'vitest';
import { makeRows } from '../../src/dashboard/model/row.ts';
import { describe as describeRow, news, summary } from '../../src/dashboard/plain/sentences.ts';
import { type MadeUp, updateOf } from './support/rows.ts';

const rowsOf = (...containers: MadeUp[]) => makeRows(updateOf(containers), 'own');
const web = {
  id: 'web',
  cpu: 0.5,
  figures: { memoryBytes: 50, memoryLimitBytes: 100, pids: 3, pidsLimit: 'max' as const },
};
const with_ = (figures: object): MadeUp => ({ ...web, figures: { ...web.figures, ...figures } });

describe('what is said', () => {
  it('of all is one sentence', () => {
    expect(summary(updateOf([web, { id: 'old', state: 'exited' }]))).toBe(
      '14:22:07 2 containers, 1 running; CPU 50.0%, memory 1.0G of 4.0G, load 1.00.',
    );
  });

  it('of one is what is known', () => {
    const [row] = rowsOf(web);
    expect(row && describeRow(row)).toBe(
      'web: running, for 1m00s, CPU 50.0%, memory 50B of 100B, 50%, processes 3.',
    );
    const [ended] = rowsOf({ id: 'old', state: 'exited' });
    expect(ended && describeRow(ended)).toBe('old: ended, exit 0.');
  });

  it('lets no name move the cursor', () => {
    const [row] = rowsOf({ id: 'x', name: 'a\x1b[2J\r' });
    expect(row && describeRow(row)).toMatch(/^a\\x1b\[2J\\x0d: running/);
  });
});

describe('news', () => {
  it('are who comes, changes and goes', () => {
    const high = new Set<string>();
    expect(news([], rowsOf(web), high)).toEqual([expect.stringMatching(/^New: web: running/)]);
    expect(news(rowsOf(web), rowsOf({ ...web, state: 'paused' }), high)).toEqual([
      expect.stringMatching(/^web: paused/),
    ]);
    expect(news(rowsOf(web), rowsOf({ id: 'web', state: 'exited' }), high)).toEqual(['web: ended, exit 0.']);
    expect(news(rowsOf(web), rowsOf(), high)).toEqual(['web: gone.']);
    expect(news(rowsOf(web), rowsOf(web), high)).toEqual([]);
  });

  it('are processes that were ended for want of memory', () => {
    const news_ = news(rowsOf(with_({ oomKills: 1 })), rowsOf(with_({ oomKills: 2 })), new Set());
    expect(news_).toEqual(['web: out of memory, a process was ended.']);
    expect(news(rowsOf(web), rowsOf(with_({ oomKills: 5 })), new Set())).toEqual([]);
  });

  it('are limits that come near, once, until they were far again', () => {
    const high = new Set<string>();
    const at = (memoryBytes: number) => news(rowsOf(web), rowsOf(with_({ memoryBytes })), high);
    expect(at(95)).toEqual(['web: memory near its limit, 95B of 100B, 95%.']);
    expect(at(91)).toEqual([]);
    expect(at(85)).toEqual([]);
    expect(at(96)).toEqual([]);
    expect(at(70)).toEqual([]);
    expect(at(92)).toHaveLength(1);
  });
});
