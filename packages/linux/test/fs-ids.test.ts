import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { withFsIds } from '../src/fs-ids.ts';

describe('making files as another user', () => {
  it.runIf(process.geteuid?.() === 0)('ends with the call, also where that fails', () => {
    const directory = mkdtempSync(join(tmpdir(), 'tctl-fs-ids-'));
    const make = (name: string) => mkdirSync(join(directory, name));
    const owner = (name: string) => {
      const { uid, gid } = statSync(join(directory, name));
      return [uid, gid];
    };
    withFsIds({ uid: 0, gid: 7 }, () => make('group'));
    expect(() => withFsIds({ uid: 5, gid: 6 }, () => make('user'))).toThrow(/EACCES/); // it is root's directory
    make('own');
    expect([owner('group'), owner('own')]).toEqual([
      [0, 7],
      [0, 0],
    ]);
    rmSync(directory, { recursive: true });
  });

  it('is for root alone', ({ skip }) => {
    skip(process.geteuid?.() === 0, 'root runs the tests, and may do it');
    expect(() => withFsIds({ uid: 0, gid: 0 }, () => {})).toThrow(expect.objectContaining({ code: 'EPERM' }));
  });
});
