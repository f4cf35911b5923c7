import {
  closeSync,
  constants,
  fstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resolveFlags } from '../src/constants.ts';
import { openat2 } from '../src/openat2.ts';

const { RESOLVE_IN_ROOT, RESOLVE_BENEATH, RESOLVE_NO_SYMLINKS, RESOLVE_NO_MAGICLINKS } = resolveFlags;

describe('openat2', () => {
  let directory = '';
  let root = -1;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-openat2-'));
    mkdirSync(join(directory, 'etc'));
    writeFileSync(join(directory, 'etc/hostname'), 'inside');
    root = openSync(directory, constants.O_RDONLY | constants.O_DIRECTORY);
  });
  afterEach(() => {
    closeSync(root);
    rmSync(directory, { recursive: true });
  });
  const read = (path: string, resolve: number) => {
    const fd = openat2(root, path, { flags: constants.O_RDONLY, resolve });
    try {
      return readFileSync(fd, 'utf8');
    } finally {
      closeSync(fd);
    }
  };

  it('takes absolute paths, absolute links and .. from the root that it was given', () => {
    symlinkSync('/etc/hostname', join(directory, 'absolute'));
    symlinkSync('../../../../etc/hostname', join(directory, 'up'));
    for (const path of ['etc/hostname', '/etc/hostname', '../../etc/hostname', 'absolute', 'up'])
      expect(read(path, RESOLVE_IN_ROOT)).toBe('inside');
  });

  it('refuses what it was told to', () => {
    symlinkSync('etc/hostname', join(directory, 'link'));
    const refuses = (path: string, resolve: number, code: string) =>
      expect(() => read(path, resolve)).toThrow(expect.objectContaining({ code, call: 'openat2' }));
    refuses('link', RESOLVE_NO_SYMLINKS, 'ELOOP');
    refuses('..', RESOLVE_BENEATH, 'EXDEV');
    const magic = openSync('/proc/self/fd', constants.O_RDONLY);
    expect(() =>
      openat2(magic, `${root}`, { flags: constants.O_RDONLY, resolve: RESOLVE_NO_MAGICLINKS }),
    ).toThrow(expect.objectContaining({ code: 'ELOOP' }));
    closeSync(magic);
  });

  it('makes files with the mode given', () => {
    const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;
    const fd = openat2(root, 'new', { flags, mode: 0o600, resolve: RESOLVE_IN_ROOT });
    expect(fstatSync(fd).mode & 0o777).toBe(0o600);
    closeSync(fd);
  });
});
