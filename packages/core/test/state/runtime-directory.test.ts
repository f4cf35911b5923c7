import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ensureRuntimeDirectory, runtimeDirectory } from '../../src/state/runtime-directory.ts';

describe('the runtime directory', () => {
  it.each([
    [{ TCTL_RUNTIME_DIR: '/mine', XDG_RUNTIME_DIR: '/run/user/5' }, 0, '/mine'],
    [{ TCTL_RUNTIME_DIR: '/mine', XDG_RUNTIME_DIR: '/run/user/5' }, 5, '/mine'],
    [{ TCTL_RUNTIME_DIR: '' }, 0, '/run/tctl'],
    [{ XDG_RUNTIME_DIR: '/run/user/0' }, 0, '/run/tctl'],
    [{ XDG_RUNTIME_DIR: '/run/user/5' }, 5, '/run/user/5/tctl'],
    [{}, 5, join(tmpdir(), 'tctl-5')],
  ])('with %j for uid %i is %s', (env, uid, path) => {
    expect(runtimeDirectory(env, uid)).toBe(path);
  });
});

describe('making the runtime directory', () => {
  let parent = '';
  beforeEach(() => {
    parent = mkdtempSync(join(tmpdir(), 'tctl-runtime-'));
  });
  afterEach(() => {
    vi.restoreAllMocks();
    rmSync(parent, { recursive: true });
  });

  it('makes it and what leads to it, for its owner alone', () => {
    const path = join(parent, 'a/b');
    ensureRuntimeDirectory(path);
    expect(statSync(path).mode & 0o777).toBe(0o700);
  });

  it('takes one that is there', () => {
    ensureRuntimeDirectory(parent);
    expect(() => ensureRuntimeDirectory(parent)).not.toThrow();
  });

  it('refuses one that belongs to another user, who could change what lies in it', () => {
    const { uid } = statSync(parent);
    vi.spyOn(process, 'geteuid').mockReturnValue(uid + 1);
    expect(() => ensureRuntimeDirectory(parent)).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_DIRECTORY',
        path: parent,
        hint: expect.stringContaining('TCTL_RUNTIME_DIR'),
      }),
    );
  });

  it('says where it can’t be made', () => {
    writeFileSync(join(parent, 'file'), '');
    const path = join(parent, 'file/below');
    expect(() => ensureRuntimeDirectory(path)).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_DIRECTORY',
        path,
        cause: expect.objectContaining({ code: 'ENOTDIR' }),
      }),
    );
  });
});
