import { existsSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Frame, openRecording, type RecordedEvent } from '@tc/monitor';
import { afterEach, describe, expect, it } from 'vitest';
import { scaled } from '../support/scale.ts';
import { type Started, start, tctl } from './support/command.ts';
import { expectRefusal } from './support/expectations.ts';
import { newDirectory, newName } from './support/suite.ts';
import { until } from './support/until.ts';

/** What goes on until it is told to end: also where a test fails before. */
const started: Started[] = [];

function startHere(...args: string[]): Started {
  const command = start(args);
  started.push(command);
  return command;
}

afterEach(async () => {
  for (const { process } of started.splice(0)) process.kill('SIGKILL');
  const ids = (await tctl('ps', '-aq')).stdout.trim().split('\n').filter(Boolean);
  if (ids.length > 0) await tctl('rm', '-f', ...ids);
});

async function framesOf(file: string): Promise<Frame[]> {
  const recording = await openRecording(file);
  try {
    const frames: Frame[] = [];
    for await (const frame of recording.frames()) frames.push(frame);
    expect(recording.damagedRecords).toBe(0);
    return frames;
  } finally {
    await recording.close();
  }
}

async function eventsOf(file: string): Promise<RecordedEvent[]> {
  const recording = await openRecording(file);
  try {
    return await recording.events();
  } finally {
    await recording.close();
  }
}

/** How many frames of a container are in a file so far. */
async function countOf(file: string, name: string): Promise<number> {
  if (!existsSync(file)) return 0;
  const frames = await framesOf(file).catch(() => []);
  return frames.filter(({ cgroups }) => cgroups.some(({ cgroup }) => cgroup.name === name)).length;
}

async function eventually(holds: () => Promise<boolean>, what: () => string): Promise<void> {
  const begin = performance.now();
  while (!(await holds())) {
    if (performance.now() - begin > scaled(20_000)) throw new Error(`it did not happen: ${what()}`);
    await sleep(20);
  }
}

describe('tctl record', () => {
  it('records what containers use and what happens to them, until it is interrupted', async () => {
    const file = join(newDirectory(), 'recording');
    const recording = startHere('record', '--interval', '100ms', file);
    await until(() => existsSync(file), recording.stderr);
    const name = newName();
    await tctl('run', '-d', '--name', name, '-m', '64m', 'host', 'sh', '-c', 'while :; do :; done');
    await eventually(async () => (await countOf(file, name)) >= 5, recording.stderr);
    await tctl('update', '-m', '32m', name);
    await tctl('kill', name);
    await tctl('wait', name);
    const id = (await tctl('inspect', name)).stdout;
    let events: RecordedEvent[] = [];
    await eventually(
      async () => {
        events = (await eventsOf(file)).filter(({ text }) => text.startsWith(name));
        return events.some(({ kind }) => kind === 'exit');
      },
      () => JSON.stringify(events),
    );
    recording.process.kill('SIGINT');
    const { code, stdout, stderr } = await recording.ended;
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    expect(stderr).toMatch(/^Recorded \d+ frames in [\d.]+k?B\.\n$/);
    expect(events.map(({ kind }) => kind)).toEqual(['create', 'start', 'update', 'exit']);
    const samples = (await framesOf(file)).flatMap(({ cgroups }) => cgroups);
    expect(samples.length).toBeGreaterThanOrEqual(5);
    for (const { cgroup } of samples) expect(id).toContain(cgroup.id);
    expect(samples.at(0)?.figures.memoryLimitBytes).toBe(64 << 20);
    expect(samples.some(({ rates }) => (rates.cpuUsageUsec ?? 0) > 50_000)).toBe(true);
    expect(events.at(-1)?.path).toBe(samples[0]?.cgroup.path);
  });

  it('survives that it is killed, goes on in the same file, and ends by itself', async () => {
    const file = join(newDirectory(), 'recording');
    const name = newName();
    await tctl('run', '-d', '--name', name, 'host', 'sleep', '1000');
    const killed = startHere('record', '--interval', '100ms', file);
    await eventually(async () => (await countOf(file, name)) >= 3, killed.stderr);
    killed.process.kill('SIGKILL');
    await killed.ended;
    truncateSync(file, statSync(file).size - 1);
    const before = await countOf(file, name);
    expect(before).toBeGreaterThanOrEqual(2);
    const { code, stderr } = await tctl('record', '--interval', '100ms', '--for', '1s', file);
    expect({ code, stderr }).toEqual({ code: 0, stderr: expect.stringMatching(/^Recorded \d+ frames? in/) });
    expect(await countOf(file, name)).toBeGreaterThan(before);
  });

  it('writes over nothing, and says what is wrong', async () => {
    const file = join(newDirectory(), 'notes');
    writeFileSync(file, 'notes');
    expectRefusal(await tctl('record', file), /is no recording/, undefined, 1);
    expectRefusal(await tctl('record', join(file, 'x')), /ENOTDIR/, undefined, 1);
    expectRefusal(await tctl('record'), /file is missing/, /tctl record/);
    expectRefusal(await tctl('record', '--for', 'ever', file), /--for takes a time/, /10m/);
    const used = join(newDirectory(), 'recording');
    const recording = startHere('record', used);
    await until(() => existsSync(used) && statSync(used).size > 12, recording.stderr);
    expectRefusal(await tctl('record', used), /somebody else records/, undefined, 1);
    recording.process.kill('SIGTERM');
    expect((await recording.ended).code).toBe(0);
  });
});
