import { describe, expect, it } from 'vitest';
import { mergeLimits } from '../../src/cgroups/merge-limits.ts';

describe('changing limits', () => {
  it.each([
    [{ pids: 5 }, { memory: '1m' }, { pids: 5, memory: '1m' }],
    [{ pids: 5 }, { pids: 7 }, { pids: 7 }],
    [{ pids: 5 }, { pids: undefined }, { pids: 5 }],
    [{ pids: 5, cpus: 1 }, { pids: 'max', cpus: null }, {}],
    [{ memory: '1m', memorySwap: 5 }, { memory: null }, {}],
    [{ memory: '1m' }, { memorySwap: 'max' }, { memory: '1m', memorySwap: 'max' }],
    [{ memory: '1m', memorySwap: 'max' }, { memorySwap: null }, { memory: '1m' }],
    [{ io: [{ device: '8:0', readBps: 1 }] }, { io: null }, {}],
  ] as const)('%j by %j gives %j', (limits, update, merged) => {
    expect(mergeLimits(limits, update)).toEqual(merged);
  });
});
