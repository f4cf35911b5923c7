import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { flock, miscConstants } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cleanUpAbandoned } from '../../src/state/clean-up.ts';
import { writeConfig } from '../../src/state/config-file.ts';
import { makeContainerData } from '../../src/state/data-links.ts';

const { LOCK_EX, LOCK_SH, LOCK_NB } = miscConstants;

describe('cleaning up', () => {
  let directory = '';
  let locks: number[] = [];
  const before = process.env['TCTL_DATA_DIR'];
  // No container of this machine is called that: its cgroups would be removed with it.
  const id = (name: string) => `clean-up-test-${process.pid}-${name}`;
  const make = (name: string) => {
    mkdirSync(join(directory, id(name)));
    return join(directory, id(name));
  };
  const makeKept = (name: string, options: object = {}) => {
    const path = make(name);
    const config = {
      id: id(name),
      name: `${id(name)}-name`,
      createdAtMs: 1,
      wanted: 'stopped',
      starts: 0,
    } as const;
    writeConfig(path, { ...config, options: { command: ['true'], rootfs: '/', ...options } });
    symlinkSync(id(name), join(directory, config.name));
    return path;
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
    directory = mkdtempSync(join(tmpdir(), 'clean-up-'));
    process.env['TCTL_DATA_DIR'] = join(directory, '.data');
  });
  afterEach(() => {
    unlock();
    rmSync(directory, { recursive: true, force: true });
    locks = [];
    if (before === undefined) delete process.env['TCTL_DATA_DIR'];
    else process.env['TCTL_DATA_DIR'] = before;
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
    writeFileSync(join(directory, '.lock'), '');
    lock(join(directory, '.lock'), LOCK_SH);
    const starting = make('starting');
    const cleaning = cleanUpAbandoned(directory);
    lock(starting, LOCK_EX);
    const [common] = locks.splice(0, 1);
    if (common !== undefined) closeSync(common);
    expect(await cleaning).toEqual([]);
    expect(existsSync(starting)).toBe(true);
  });

  it('keeps what was created, and its name', async () => {
    const kept = makeKept('kept');
    expect(await cleanUpAbandoned(directory)).toEqual([]);
    expect(existsSync(kept)).toBe(true);
    expect(readdirSync(directory)).toContain(`${id('kept')}-name`);
  });

  it('turns a run that was lost into one that has ended', async () => {
    const kept = makeKept('lost');
    writeFileSync(join(kept, 'running'), 'something');
    await cleanUpAbandoned(directory);
    expect(readdirSync(kept).toSorted()).toEqual(['config.json', 'exited']);
  });

  it('removes one that was to remove itself, its name and its data', async () => {
    const lost = makeKept('lost', { autoRemove: true });
    const data = makeContainerData(directory, id('lost'));
    writeFileSync(join(lost, 'running'), 'something');
    expect(await cleanUpAbandoned(directory)).toEqual([id('lost')]);
    expect(readdirSync(directory).toSorted()).toEqual(['.data', '.events', '.lock']);
    expect(readdirSync(join(data, '..'))).toEqual([]);
  });

  it('removes one with half a configuration', async () => {
    const kept = makeKept('half');
    writeFileSync(join(kept, 'config.json'), '{"schema":1,"id":');
    expect(await cleanUpAbandoned(directory)).toEqual([id('half')]);
    expect(readdirSync(directory).toSorted()).toEqual(['.lock']);
  });

  it('leaves what a newer version made', async () => {
    const kept = makeKept('newer');
    writeFileSync(join(kept, 'config.json'), '{"schema":1000}');
    writeFileSync(join(kept, 'running'), '');
    expect(await cleanUpAbandoned(directory)).toEqual([]);
    expect(readdirSync(directory)).toContain(`${id('newer')}-name`);
  });

  it('removes what was half made or half removed, and names that lead nowhere', async () => {
    makeKept('kept');
    mkdirSync(join(directory, '.new-a'));
    mkdirSync(join(directory, '.gone-b'));
    symlinkSync('nothing', join(directory, 'dangling'));
    symlinkSync(id('kept'), join(directory, 'second-name'));
    symlinkSync('/somewhere/else', join(directory, 'not-ours'));
    await cleanUpAbandoned(directory);
    expect(readdirSync(directory).toSorted()).toEqual(
      ['.lock', id('kept'), `${id('kept')}-name`, 'not-ours'].toSorted(),
    );
  });

  it('removes data whose container is gone, and not that of other runtime directories', async () => {
    const [gone, other] = [
      makeContainerData(directory, id('gone')),
      makeContainerData('/elsewhere', id('other')),
    ];
    const kept = makeContainerData(directory, id('kept'));
    makeKept('kept');
    await cleanUpAbandoned(directory);
    expect([gone, other, kept].map((path) => existsSync(path))).toEqual([false, true, true]);
  });

  it('finds the data of a runtime directory that a restart of the machine took', async () => {
    const runtime = join(directory, '.run');
    const data = makeContainerData(runtime, id('gone'));
    await cleanUpAbandoned(runtime);
    expect(existsSync(data)).toBe(false);
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
