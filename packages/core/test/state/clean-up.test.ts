import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flock, miscConstants } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanUpAbandoned } from '../../src/state/clean-up.ts';

const { LOCK_EX, LOCK_SH, LOCK_NB } = miscConstants;

describe('cleaning up', () => {
  let directory = '';
  let locks: number[] = [];
  // No container of this machine is called that: its cgroups would be removed with it.
  const id = (name: string) => `clean-up-test-${process.pid}-${name}`;
  const make = (name: string) => {
    mkdirSync(join(directory, id(name)));
    return join(directory, id(name));
  };
  const lock = (path: string, operation: number) => {
    const fd = openSync(path, 'r');
    expect(flock(fd, operation | LOCK_NB)).toBe(true);
    locks.push(fd);
  };
  const unlock = () => {
    for (const fd of locks.splice(0)) closeSync(fd);
  };
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-clean-up-'));
  });
  afterEach(() => {
    unlock();
    rmSync(directory, { recursive: true, force: true });
    locks = [];
  });

  it('removes the state of a supervisor that has gone, with what is in it', async () => {
    const abandoned = make('gone');
    writeFileSync(join(abandoned, 'file'), '');
    expect(await cleanUpAbandoned(directory)).toEqual([id('gone')]);
    expect(existsSync(abandoned)).toBe(false);
  });

  it('leaves the state of one that lives', async () => {
    const [alive, gone] = [make('alive'), make('gone')];
    lock(alive, LOCK_EX);
    expect(await cleanUpAbandoned(directory)).toEqual([id('gone')]);
    expect([existsSync(alive), existsSync(gone)]).toEqual([true, false]);
    unlock();
    expect(await cleanUpAbandoned(directory)).toEqual([id('alive')]);
  });

  it('waits for one that is starting, and has not locked its own yet', async () => {
    writeFileSync(join(directory, 'lock'), '');
    lock(join(directory, 'lock'), LOCK_SH);
    const starting = make('starting');
    const cleaning = cleanUpAbandoned(directory);
    lock(starting, LOCK_EX);
    const [common] = locks.splice(0, 1);
    if (common !== undefined) closeSync(common);
    expect(await cleaning).toEqual([]);
    expect(existsSync(starting)).toBe(true);
  });

  it('looks at directories only', async () => {
    writeFileSync(join(directory, 'file'), '');
    expect(await cleanUpAbandoned(directory)).toEqual([]);
    expect(existsSync(join(directory, 'file'))).toBe(true);
  });

  it('finds nothing where there is no runtime directory', async () => {
    expect(await cleanUpAbandoned(join(directory, 'nothing'))).toEqual([]);
    expect(existsSync(join(directory, 'nothing'))).toBe(false);
  });
});
