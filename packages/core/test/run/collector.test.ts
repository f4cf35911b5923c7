import { Socket } from 'node:net';
import { describe, expect, it } from 'vitest';
import { Collector } from '../../src/run/streams.ts';

/** A stream that gives these chunks and ends. */
async function collect(chunks: readonly string[], limitBytes: number) {
  const stream = new Socket();
  let overflows = 0;
  const collector = new Collector(stream, limitBytes, () => {
    overflows += 1;
  });
  for (const chunk of chunks) stream.emit('data', Buffer.from(chunk));
  stream.destroy();
  await collector.done;
  return { text: collector.bytes().toString(), truncated: collector.truncated, overflows };
}

describe('what is collected of a stream', () => {
  it('is all of it, up to the limit', async () => {
    expect(await collect(['ab', '', 'cd'], 4)).toEqual({ text: 'abcd', truncated: false, overflows: 0 });
  });

  it('is cut at the limit, inside a chunk too', async () => {
    expect(await collect(['abc', 'def'], 4)).toEqual({ text: 'abcd', truncated: true, overflows: 1 });
  });

  it('reports the overflow once, however much more comes', async () => {
    expect(await collect(['abcd', 'e', 'f', 'g'], 4)).toEqual({
      text: 'abcd',
      truncated: true,
      overflows: 1,
    });
  });

  it('is nothing without a stream', async () => {
    const collector = new Collector(undefined, 4, () => {});
    await collector.done;
    expect(collector.bytes()).toHaveLength(0);
  });

  it('is kept where the stream breaks', async () => {
    const stream = new Socket();
    const collector = new Collector(stream, 10, () => {});
    stream.emit('data', Buffer.from('ab'));
    stream.destroy(new Error('broken'));
    await collector.done;
    expect(collector.bytes().toString()).toBe('ab');
  });
});
