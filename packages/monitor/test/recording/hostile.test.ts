import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, openRecording, Recorder } from '../../src/index.ts';
import { Cursor } from '../../src/recording/cursor.ts';
import { FrameDecoder } from '../../src/recording/decode-frame.ts';
import { FrameEncoder } from '../../src/recording/encode-frame.ts';
import { fileHead, readRecordHead, recordKinds, sealRecord } from '../../src/recording/format.ts';
import { readSchema } from '../../src/recording/schema.ts';
import { allOf, frameAt } from '../support/made-frames.ts';
import { livingFrames } from './frames.ts';

let directory: string;
let whole: Buffer;
let path: string;
const frames = [...livingFrames(12, { cgroups: 3 })];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-hostile-'));
  path = join(directory, 'fuzzed');
  await using recorder = await Recorder.open(join(directory, 'good'), { keyEvery: 4 });
  for (const frame of frames) await recorder.add(frame);
  await recorder.mark({ time: new Date(), kind: 'oom', text: 'text', path: '/a' });
  whole = readFileSync(recorder.path);
});
afterAll(() => rmSync(directory, { recursive: true }));

/** @returns what can be read. Whatever is in the file, an error is one of those that are promised */
async function readWhatIsThere(bytes: Uint8Array): Promise<Frame[]> {
  writeFileSync(path, bytes);
  try {
    await using recording = await openRecording(path);
    await recording.seek(recording.to);
    await recording.events();
    return await allOf(recording.frames());
  } catch (error) {
    if (!(error instanceof TcError)) throw error;
    expect(error.code).toMatch(/^RECORDING_(NOT_ONE|EMPTY|VERSION)$/);
    return [];
  }
}

const known = new Map(frames.map((frame) => [frame.time.getTime(), frame]));

describe('a recording that is not as it was written', { timeout: 60_000 }, () => {
  it('gives what is left of it, and nothing that was never recorded', async () => {
    const change = fc.record({
      flips: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { maxLength: 4 }),
      cut: fc.option(fc.nat()),
      removed: fc.option(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 300 }))),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ flips, cut, removed }) => {
        let bytes = Buffer.from(whole);
        for (const [at, bits] of flips) {
          const place = 12 + (at % (bytes.length - 12));
          bytes[place] = (bytes[place] ?? 0) ^ bits;
        }
        if (removed !== null) {
          const at = 12 + (removed[0] % bytes.length);
          bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + removed[1])]);
        }
        if (cut !== null) bytes = bytes.subarray(0, cut % (bytes.length + 1));
        for (const { time, cgroups } of await readWhatIsThere(bytes)) {
          const wanted = known.get(time.getTime());
          expect(cgroups.map(({ figures }) => figures)).toEqual(
            wanted?.cgroups.map(({ figures }) => figures),
          );
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is refused where it never was one', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 500 }), fc.boolean(), async (noise, withHead) => {
        const bytes = withHead ? Buffer.concat([fileHead(), noise]) : noise;
        expect(await readWhatIsThere(bytes)).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  it('is harmless with right checksums, too', async () => {
    const { schema } = new FrameEncoder(frames[0] ?? frameAt(0, []));
    const noise = fc.oneof(fc.uint8Array({ maxLength: 200 }), fc.constantFrom(...bodies()));
    await fc.assert(
      fc.property(fc.array(noise, { minLength: 1, maxLength: 5 }), fc.nat(), (records, at) => {
        const decoder = new FrameDecoder(schema);
        for (const record of records) {
          const bytes = Buffer.from(record);
          if (bytes.length > 0) bytes[at % bytes.length] = at & 0xff;
          try {
            decoder.decode(bytes, 0);
          } catch (error) {
            expect(error).toMatchObject({ code: 'RECORDING_DAMAGED' });
          }
        }
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        try {
          readSchema(new Cursor(Buffer.from(bytes)));
        } catch (error) {
          expect(error).toMatchObject({ code: 'RECORDING_DAMAGED' });
        }
      }),
    );
  });

  it('is not searched for ever, though it be made of heads of long records', async () => {
    const head = sealRecord(recordKinds.event, 0, Buffer.alloc(15 << 20)).subarray(0, 21);
    const bytes = Buffer.concat([fileHead(), ...Array(20_000).fill(head), Buffer.alloc(16 << 20)]);
    expect(readRecordHead(head)?.bytes).toBeGreaterThan(15 << 20);
    bytes[12] = 0; // so that the first is none
    expect(await readWhatIsThere(bytes)).toEqual([]);
  });

  it('reads figures of other versions by their names, and leaves out what it does not know', async () => {
    const { schema } = new FrameEncoder(frames[0] ?? frameAt(0, []));
    const renamed = schema.columns.map((column) =>
      column.name === 'pids' ? { ...column, name: 'quarks' } : column,
    );
    const { schemaOf } = await import('../../src/recording/schema.ts');
    const decoder = new FrameDecoder(schemaOf(renamed));
    const encoder = new FrameEncoder(frames[0] ?? frameAt(0, []));
    const frame = decoder.decode(encoder.encode(frames[0] ?? frameAt(0, [])), 0);
    expect(frame.cgroups[0]?.figures.pids).toBeUndefined();
    expect(frame.cgroups[0]?.figures.memoryBytes).toBe(frames[0]?.cgroups[0]?.figures.memoryBytes);
  });
});

/** Of real frames, to be changed a little. */
function bodies(): Uint8Array[] {
  const encoder = new FrameEncoder(frames[0] ?? frameAt(0, []));
  return frames.map((frame) => Uint8Array.from(encoder.encode(frame)));
}
