import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openRecording, Recorder } from '@tc/monitor';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { World } from '../../src/dashboard/demo/world.ts';
import { Pacer } from '../../src/dashboard/replay/pacer.ts';
import { ReplaySource } from '../../src/dashboard/replay/replay-source.ts';
import type { Update } from '../../src/dashboard/source/source.ts';
import { Screen } from './support/screen.ts';

// What waits is waited for as long as a busy machine needs.
vi.setConfig({ testTimeout: 60_000 });

const directory = mkdtempSync(join(tmpdir(), 'tctl-replay-'));
const file = join(directory, 'recording');
const begin = new Date('2026-01-15T14:00:00');
const at = (seconds: number) => new Date(begin.getTime() + seconds * 1000);

beforeAll(async () => {
  const world = new World(1, 6, begin);
  await using recorder = await Recorder.open(file);
  for (let second = 1; second <= 900; second += 1) {
    await recorder.add(world.step());
    if (second === 300)
      await recorder.mark({
        time: at(300),
        kind: 'oom',
        text: 'out of memory',
        path: world.containers[0]?.path ?? '',
      });
  }
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function open(path = file): Promise<{ source: ReplaySource; updates: Update[] } & AsyncDisposable> {
  const source = new ReplaySource(await openRecording(path));
  const updates: Update[] = [];
  source.open(
    (update) => updates.push(update),
    (error) => expect.fail(String(error)),
  );
  return { source, updates, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() };
}

const reaches = (updates: readonly Update[], seconds: number) =>
  vi.waitFor(() => expect(updates.at(-1)?.frame.time).toEqual(at(seconds)), { timeout: 20_000 });

describe('a recording', () => {
  it('plays from its beginning, faster where one wants it', async () => {
    await using opened = await open();
    opened.source.player.setSpeed(60);
    await vi.waitFor(
      () => expect(opened.updates.filter(({ isSameFrame }) => !isSameFrame).length).toBeGreaterThan(5),
      20_000,
    );
    const times = opened.updates
      .filter(({ isSameFrame }) => !isSameFrame)
      .map(({ frame }) => frame.time.getTime());
    expect(times.slice(0, 5)).toEqual([1, 2, 3, 4, 5].map((second) => at(second).getTime()));
    expect(
      opened.updates[0]?.containers
        .map(({ name }) => name)
        .toSorted()
        .slice(0, 2),
    ).toEqual(['api-gateway', 'catalog']);
  });

  it('stands still, and goes frame by frame', async () => {
    await using opened = await open();
    const { player } = opened.source;
    await reaches(opened.updates, 1);
    player.step(2);
    await reaches(opened.updates, 3);
    expect(player.isPlaying).toBe(false);
    player.step(-1);
    await reaches(opened.updates, 2);
  });

  it('jumps, with what was in the ten minutes before and all marks', async () => {
    await using opened = await open();
    const { player } = opened.source;
    player.playPause();
    await reaches(opened.updates, 1);
    player.jump(700_000);
    await reaches(opened.updates, 701);
    const {
      past = [],
      isRestart,
      marks,
    } = opened.updates.findLast(({ past }) => past !== undefined) as Update;
    expect(isRestart).toBe(true);
    expect([past[0]?.time, past.at(-1)?.time]).toEqual([at(101), at(700)]);
    expect(marks).toMatchObject([{ kind: 'oom', text: 'out of memory', time: at(300) }]);
    player.jump(-1e9);
    await reaches(opened.updates, 1);
    player.jump(1e9);
    await reaches(opened.updates, 900);
    expect(player.position).toEqual(player.end);
  });

  it('begins anew when it is played at its end', async () => {
    await using opened = await open();
    const { player } = opened.source;
    await reaches(opened.updates, 1);
    player.jump(1e9);
    await reaches(opened.updates, 900);
    await vi.waitFor(() => expect(player.isPlaying).toBe(false), 20_000);
    player.playPause();
    await vi.waitFor(() => expect(player.position.getTime()).toBeLessThan(at(10).getTime()), 20_000);
  });

  it('begins anew after what can be read of one whose end is damaged', async () => {
    const damaged = join(directory, 'damaged');
    const world = new World(1, 6, begin);
    await using recorder = await Recorder.open(damaged);
    let tenthAt = 0;
    for (let second = 1; second <= 20; second += 1) {
      if (second === 10) tenthAt = recorder.bytes;
      await recorder.add(world.step());
    }
    const fd = openSync(damaged, 'r+');
    writeSync(fd, Buffer.from('damage'), 0, 6, tenthAt + 30);
    closeSync(fd);
    await using opened = await open(damaged);
    const { player } = opened.source;
    player.setSpeed(60);
    await vi.waitFor(() => expect(player.isPlaying).toBe(false), 20_000);
    expect(player.position).toEqual(at(9));
    player.setSpeed(0.25); // so that it is seen before it is over again
    player.playPause();
    await vi.waitFor(() => expect(player.position.getTime()).toBeLessThan(at(9).getTime()), 20_000);
  });

  it('does not go on after a jump for steps that were made at its end', async () => {
    await using opened = await open();
    const { player } = opened.source;
    await reaches(opened.updates, 1);
    player.jump(1e9);
    await reaches(opened.updates, 900);
    await vi.waitFor(() => expect(player.isPlaying).toBe(false), 20_000);
    for (let press = 0; press < 5; press += 1) player.step(1);
    player.jump(-60_000);
    await reaches(opened.updates, 840);
    player.step(1);
    await reaches(opened.updates, 841);
    expect(opened.updates.filter(({ isSameFrame }) => !isSameFrame).at(-2)?.frame.time).toEqual(at(840));
  });

  it('is the same dashboard, with a bar for where it stands, and nothing to act on', async () => {
    const source = new ReplaySource(await openRecording(file));
    await using screen = await Screen.open({ source });
    await screen.send('P');
    source.player.jump(450_000);
    await vi.waitFor(() => expect(screen.text()).toMatch(/■ 1x ━+●─+ +14:07:3\d +7m3\ds of 14m59s/), 20_000);
    expect(screen.text()).toContain('postgres');
    expect(screen.lines().at(-1)).toMatch(/^ P Play {2}} Step/);
    expect(screen.lines().at(-1)).not.toMatch(/Signal/);
    await screen.send('x');
    expect(screen.lines().at(-2)).toMatch(/Nothing can be changed here +This is a recording/);
  });
});

describe('the pace', () => {
  it('is that of the recording, and none while it stands still', async () => {
    const pacer = new Pacer(() => {});
    const abort = new AbortController();
    await pacer.wait(0, abort.signal);
    pacer.stop();
    let isOver = false;
    const waiting = pacer.wait(0, abort.signal).then(() => {
      isOver = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(isOver).toBe(false);
    pacer.letPass(1);
    await waiting;
  });

  it('waits for longer than a timer can, as where one was gone on with after a month', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    try {
      const pacer = new Pacer(() => {});
      const abort = new AbortController();
      const waiting = pacer.wait(60 * 24 * 3_600_000, abort.signal);
      pacer.stop();
      pacer.letPass(1);
      await waiting;
      expect(warned).not.toHaveBeenCalled();
    } finally {
      warned.mockRestore();
    }
  });

  it('ends with whoever waits', async () => {
    const abort = new AbortController();
    const waiting = new Pacer(() => {}).wait(1e6, abort.signal);
    abort.abort();
    await waiting;
  });
});
