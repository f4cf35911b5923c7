import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Frame, openRecording, Recorder, type RecordingEntry } from '../../src/index.ts';
import { allOf, beginMs, frameAt } from '../support/made-frames.ts';
import { livingFrames } from './frames.ts';

let directory: string;
let count = 0;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-recording-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

const newPath = () => join(directory, `r${++count}`);
const withCode = (code: string) => expect.objectContaining({ code, name: 'TcError' });

async function record(path: string, frames: Iterable<Frame>, keyEvery = 10): Promise<void> {
  await using recorder = await Recorder.open(path, { keyEvery });
  for (const frame of frames) await recorder.add(frame);
}

async function readAll(path: string): Promise<Frame[]> {
  const recording = await openRecording(path);
  try {
    return await allOf(recording.frames());
  } finally {
    await recording.close();
  }
}

/** Rates are kept to a thousandth, and directories are not. */
function expectSame(got: readonly Frame[], wanted: readonly Frame[]): void {
  expect(got.map(({ time }) => time)).toEqual(wanted.map(({ time }) => time));
  for (const [index, frame] of wanted.entries()) {
    const read = got[index] as Frame;
    const { uptimeMs } = read.host;
    expect({ ...read, cgroups: [] }).toEqual({ ...frame, host: { ...frame.host, uptimeMs }, cgroups: [] });
    expect(Math.abs(uptimeMs - frame.host.uptimeMs)).toBeLessThanOrEqual(51);
    expect(read.cgroups.map(({ rates, uptimeMs, ...rest }) => rest)).toEqual(
      frame.cgroups.map(({ rates, uptimeMs, ...rest }) => ({
        ...rest,
        cgroup: { ...rest.cgroup, directories: {} },
      })),
    );
    for (const [at, { rates, uptimeMs }] of frame.cgroups.entries()) {
      const other = read.cgroups[at];
      expect(Math.abs((other?.uptimeMs ?? 0) - (uptimeMs ?? 0))).toBeLessThanOrEqual(51);
      expect(other?.uptimeMs === undefined).toBe(uptimeMs === undefined);
      for (const [name, rate] of Object.entries(rates)) {
        const readRate = other?.rates[name as keyof typeof rates];
        if (rate === undefined) expect(readRate, name).toBeUndefined();
        else
          expect(Math.abs((readRate ?? Number.NaN) - rate), name).toBeLessThanOrEqual(0.02 + rate * 0.0011);
      }
    }
  }
}

/** They write and read hundreds of files, on machines that may be busy. */
const patient = { timeout: 60_000 };

describe('a recording', patient, () => {
  it('gives the frames back that were put in', async () => {
    const path = newPath();
    const frames = [...livingFrames(200)];
    await record(path, frames);
    expectSame(await readAll(path), frames);
    const inMicroseconds = newPath();
    await record(inMicroseconds, livingFrames(50, { fine: 1 }));
    expectSame(await readAll(inMicroseconds), [...livingFrames(50, { fine: 1 })]);
    await using recording = await openRecording(path);
    expect([recording.from, recording.to, recording.frameCount, recording.tornBytes]).toEqual([
      frames[0]?.time,
      frames.at(-1)?.time,
      200,
      0,
    ]);
  });

  it('counts as finely as the kernel does, also where its first frame could not tell', async () => {
    const sizeOf = async (frames: readonly Frame[]) => {
      const path = newPath();
      await record(path, frames);
      expectSame(await readAll(path), frames);
      return statSync(path).size;
    };
    const frames = [...livingFrames(60, { churn: false })];
    const [first, ...others] = frames as [Frame, ...Frame[]];
    expect(await sizeOf([{ ...first, cgroups: [] }, ...others])).toBeLessThan((await sizeOf(frames)) * 1.2);
  });

  it('finds the frame of a time, and the frames of a range', async () => {
    const path = newPath();
    const frames = [...livingFrames(100)];
    await record(path, frames);
    await using recording = await openRecording(path);
    for (const index of [0, 1, 9, 10, 11, 57, 98, 99]) {
      const { time } = frames[index] as Frame;
      expectSame([(await recording.seek(new Date(time.getTime() + 400))) as Frame], [frames[index] as Frame]);
      expectSame([(await recording.seek(time)) as Frame], [frames[index] as Frame]);
    }
    expect((await recording.seek(new Date(0)))?.time).toEqual(frames[0]?.time);
    const [from, to] = [frames[35]?.time as Date, frames[62]?.time as Date];
    expectSame(await allOf(recording.frames({ from, to })), frames.slice(35, 63));
  });

  it('goes on after the last whole record, whatever follows that', async () => {
    const path = newPath();
    const frames = [...livingFrames(60)];
    await record(path, frames.slice(0, 25));
    const whole = statSync(path).size;
    await record(path, frames.slice(25, 30));
    truncateSync(path, statSync(path).size - 3);
    {
      await using recording = await openRecording(path);
      expect(recording.frameCount).toBe(29);
      expect(recording.tornBytes).toBeGreaterThan(0);
    }
    await record(path, frames.slice(30, 40));
    appendFileSync(path, Buffer.alloc(5000)); // as a file system leaves it after a crash
    await record(path, frames.slice(40));
    expectSame(await readAll(path), [...frames.slice(0, 29), ...frames.slice(30)]);
    expect(statSync(path).size).toBeGreaterThan(whole);
  });

  it('can be read after its writer was killed at any byte', async () => {
    const [path, cut] = [newPath(), newPath()];
    const frames = [...livingFrames(8, { cgroups: 2 })];
    await record(path, frames, 3);
    const bytes = readFileSync(path);
    let most = 0;
    for (let length = 0; length <= bytes.length; length += 1) {
      writeFileSync(cut, bytes.subarray(0, length));
      const read = await readAll(cut).catch((error: unknown) => {
        expect(['RECORDING_NOT_ONE', 'RECORDING_EMPTY']).toContain((error as { code: string }).code);
        return [];
      });
      expect(read.length).toBeGreaterThanOrEqual(most);
      most = read.length;
      expect(read.map(({ time }) => time)).toEqual(frames.slice(0, most).map(({ time }) => time));
    }
    expect(most).toBe(8);
  });

  it('has marks, in their place among the frames', async () => {
    const path = newPath();
    const marks = [
      { time: new Date(beginMs + 900), kind: 'oom', text: 'killed \u001b[31m in /tctl-1', path: '/tctl-1' },
      { time: new Date(beginMs + 1500), kind: 'update', text: 'memory 64m', path: undefined },
    ];
    {
      await using recorder = await Recorder.open(path);
      await recorder.add(frameAt(0, []));
      for (const mark of marks) await recorder.mark(mark);
      await recorder.add(frameAt(1000, []));
    }
    await using recording = await openRecording(path);
    expect(await recording.events()).toEqual(marks);
    const kinds = (await allOf(recording.entries())).map(({ event }) => event?.kind ?? 'frame');
    expect(kinds).toEqual(['frame', 'oom', 'update', 'frame']);
  });

  it('is followed while it is made, and also over a restart of its recorder', async () => {
    const path = newPath();
    const frames = [...livingFrames(30)];
    await record(path, frames.slice(0, 5));
    await using recording = await openRecording(path);
    const stop = new AbortController();
    const got: Frame[] = [];
    const reading = (async () => {
      for await (const frame of recording.frames({ follow: true, signal: stop.signal })) {
        got.push(frame);
        if (got.length === 30) return 'all';
      }
      return 'ended';
    })();
    await record(path, frames.slice(5, 20));
    appendFileSync(path, Buffer.from([0xb7, 0x1d, 0xc3, 0xfe, 80, 0, 0, 0, 1, 2, 3]));
    await record(path, frames.slice(20));
    expect(await reading).toBe('all');
    expectSame(got, frames);
    const waiting = allOf(recording.frames({ follow: true, signal: stop.signal }));
    stop.abort();
    await expect(waiting).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
  });

  it('takes a few bytes for an idle cgroup and a second, and some twenty for a busy one', async () => {
    const perSecond = async (number: number) => {
      const path = newPath();
      // Of two cgroups, the second is idle.
      const frames = [...livingFrames(600, { cgroups: 2, churn: false })].map((frame) => ({
        ...frame,
        cgroups: frame.cgroups.filter(({ cgroup }) => cgroup.path === `/tctl-${number}`),
      }));
      await record(path, frames, 60);
      const empty = newPath();
      await record(
        empty,
        frames.map((frame) => ({ ...frame, cgroups: [] })),
        60,
      );
      return (statSync(path).size - statSync(empty).size) / 600;
    };
    expect(await perSecond(1)).toBeLessThan(7);
    expect(await perSecond(0)).toBeLessThan(35);
  });

  it('is written by one at a time, and never over another file', async () => {
    const path = newPath();
    await using first = await Recorder.open(path);
    await expect(Recorder.open(path)).rejects.toThrow(withCode('RECORDING_IN_USE'));
    await first.close();
    await expect(first.add(frameAt(0, []))).rejects.toThrow(withCode('RECORDING_CLOSED'));
    await expect(openRecording(path)).rejects.toThrow(withCode('RECORDING_EMPTY'));

    const other = newPath();
    writeFileSync(other, 'notes');
    await expect(Recorder.open(other)).rejects.toThrow(withCode('RECORDING_NOT_ONE'));
    await expect(openRecording(other)).rejects.toThrow(withCode('RECORDING_NOT_ONE'));
    expect(readFileSync(other, 'utf8')).toBe('notes');
    await expect(openRecording(directory)).rejects.toThrow(withCode('RECORDING_NOT_ONE'));
    await expect(openRecording('/dev/zero')).rejects.toThrow(withCode('RECORDING_NOT_ONE'));
    await expect(openRecording(join(directory, 'no'))).rejects.toThrow(withCode('RECORDING_NOT_FOUND'));
    await expect(Recorder.open(join(directory, 'no/no'))).rejects.toThrow(withCode('RECORDING_WRITE'));

    const newer = newPath();
    writeFileSync(newer, Buffer.concat([Buffer.from('tctl-rec'), Buffer.from([2, 0, 0, 0])]));
    await expect(openRecording(newer)).rejects.toThrow(withCode('RECORDING_VERSION'));
    await expect(Recorder.open(newer)).rejects.toThrow(withCode('RECORDING_VERSION'));
  });

  it('goes on with the next frame after a record that could not be written', async () => {
    const recorder = await Recorder.open(newPath());
    const huge = 'x'.repeat(17 << 20);
    const mark = { time: new Date(beginMs), kind: 'huge', text: huge, path: undefined };
    await expect(recorder.mark(mark)).rejects.toThrow(withCode('RECORDING_WRITE'));
    const frames = [...livingFrames(3)];
    for (const frame of frames) await recorder.add(frame);
    await recorder.close();
    expectSame(await readAll(recorder.path), frames);
  });

  it('skips what is damaged up to the next key frame, and gives nothing that is wrong', async () => {
    const path = newPath();
    const frames = [...livingFrames(60)];
    await record(path, frames);
    const bytes = readFileSync(path);
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 0x10;
    writeFileSync(path, bytes);
    await using recording = await openRecording(path);
    const entries: RecordingEntry[] = await allOf(recording.entries());
    const read = entries.flatMap(({ frame }) => frame ?? []);
    expect(read.length).toBeGreaterThanOrEqual(40);
    expect(read.length).toBeLessThan(60);
    const times = new Set(read.map(({ time }) => time.getTime()));
    expectSame(
      read,
      frames.filter(({ time }) => times.has(time.getTime())),
    );
  });
});
