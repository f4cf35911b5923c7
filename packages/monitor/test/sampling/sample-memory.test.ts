import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { SampleMemory, sampleLayout, sampleLength, slotsInChunk } from '../../src/sampling/sample-memory.ts';

describe('samples in shared memory', () => {
  it('are there once they were published, and each in its slot', () => {
    const memory = new SampleMemory();
    const into = new Float64Array(sampleLength);
    expect(memory.read(0, into)).toBe(false);
    for (const slot of [0, 1, slotsInChunk - 1]) {
      memory.draft(slot).fill(slot + 1);
      memory.publish(slot);
    }
    memory.draft(1).fill(99); // nobody is told of it
    for (const slot of [0, 1, slotsInChunk - 1]) {
      expect(memory.read(slot, into)).toBe(true);
      expect([...new Set(into)]).toEqual([slot + 1]);
    }
    expect(memory.read(2, into)).toBe(false);
    memory.clear(1);
    expect(memory.read(1, into)).toBe(false);
  });

  it('hold until they are said to, and are copied no further than is needed', () => {
    const memory = new SampleMemory();
    const into = new Float64Array(sampleLength).fill(-1);
    expect(memory.newest(0)).toBeUndefined();
    memory.draft(0).fill(5);
    memory.publish(0);
    expect(memory.newest(0)?.[sampleLayout.changedMs]).toBe(5);
    memory.confirm(0, 9);
    expect(memory.read(0, into, 5)).toBe(true); // whose figures the reader has, as it says
    expect(into[sampleLayout.monotonicMs]).toBe(9);
    expect(new Set(into.subarray(sampleLayout.figures))).toEqual(new Set([-1]));
    expect(memory.read(0, into, 4)).toBe(true);
    expect(new Set(into.subarray(sampleLayout.figures))).toEqual(new Set([5]));
    memory.clear(0);
    memory.draft(0).fill(6);
    memory.publish(0);
    memory.read(0, into);
    expect(into[sampleLayout.monotonicMs]).toBe(6);
  });

  it('are never torn, however fast another thread writes', { timeout: 60_000 }, async () => {
    const memory = new SampleMemory();
    const writer = new Worker(fileURLToPath(new URL('../support/sample-writer.ts', import.meta.url)), {
      workerData: memory.buffer,
    });
    try {
      await once(writer, 'message');
      const into = new Float64Array(sampleLength);
      const seen = new Set<number>();
      let last = 0;
      for (let reading = 0; reading < 200_000; reading += 1) {
        if (!memory.read(3, into)) continue; // it was faster a hundred times in a row
        const [first = 0] = into;
        if (into.some((value) => value !== first)) expect.fail(`torn: ${[...into].join(' ')}`);
        if (first < last) expect.fail(`it went back from ${last} to ${first}`);
        last = first;
        seen.add(first);
      }
      expect(seen.size).toBeGreaterThan(1);
    } finally {
      await writer.terminate();
    }
  });
});
