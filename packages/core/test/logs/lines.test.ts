import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../src/logs/lines.ts';

/** Every way to cut a text into two or three pieces gives the same lines. */
describe('splitting into lines', () => {
  const text = Buffer.from('äß\r\n\n🙂x\r\r\ny');
  const time = new Date(0);
  const split = (...pieces: Buffer[]) => {
    const lines = new LineSplitter();
    const entries = pieces.flatMap((data) => [...lines.push({ stream: 'stdout', time, data })]);
    return [...entries, ...lines.flush()].map(({ line, partial }) => [line, partial]);
  };

  it('gives the same however the text came in', () => {
    const expected = [
      ['äß', false],
      ['', false],
      ['🙂x\r', false],
      ['y', true],
    ];
    for (let a = 0; a <= text.length; a += 1) {
      for (let b = a; b <= text.length; b += 1)
        expect(split(text.subarray(0, a), text.subarray(a, b), text.subarray(b))).toEqual(expected);
    }
  });

  it('gives nothing for nothing', () => {
    expect(split()).toEqual([]);
    expect(split(Buffer.alloc(0))).toEqual([]);
  });
});
