import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isAlive, whenSupervisorEnds } from '../../src/state/alive.ts';
import { openBelow } from '../logs/descriptors.ts';

describe('the FIFO of a supervisor', () => {
  let directory = '';
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-alive-'));
  });
  afterEach(() => {
    expect(openBelow(directory)).toEqual([]);
    rmSync(directory, { recursive: true });
  });
  const make = () => execFileSync('mkfifo', [join(directory, 'alive')]);
  const hold = () => openSync(join(directory, 'alive'), constants.O_RDWR | constants.O_NONBLOCK);
  const settles = async (promise: Promise<void>): Promise<boolean> =>
    Promise.race([promise.then(() => true), sleep(30, false)]);

  it('tells whether it lives', () => {
    expect(isAlive(directory)).toBe(false);
    make();
    expect(isAlive(directory)).toBe(false);
    const fd = hold();
    expect(isAlive(directory)).toBe(true);
    closeSync(fd);
    expect(isAlive(directory)).toBe(false);
  });

  it('tells many when it ends', async () => {
    make();
    const fd = hold();
    const waits = [whenSupervisorEnds(directory), whenSupervisorEnds(directory)];
    expect(await settles(Promise.race(waits))).toBe(false);
    closeSync(fd);
    await Promise.all(waits);
  });

  it('tells at once where there is none', async () => {
    await whenSupervisorEnds(join(directory, 'missing'));
    await whenSupervisorEnds(directory);
    make();
    await whenSupervisorEnds(directory);
    closeSync(hold());
    await whenSupervisorEnds(directory);
  });

  it('stops waiting when it is told to', async () => {
    make();
    const fd = hold();
    const controller = new AbortController();
    const wait = whenSupervisorEnds(directory, { signal: controller.signal });
    expect(await settles(wait)).toBe(false);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(wait).rejects.toBe(reason);
    await expect(whenSupervisorEnds(directory, { signal: controller.signal })).rejects.toBe(reason);
    closeSync(fd);
    await sleep(10);
  });
});
