import { mkdirSync, rmdirSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runtimeDirectory } from '../../src/state/runtime-directory.ts';

it('the runtime directory in the temporary directory is refused where another user made it', () => {
  const uid = 2_000_000_000 + (process.pid % 1_000_000);
  const path = join(tmpdir(), `tctl-${uid}`);
  mkdirSync(path);
  try {
    expect(() => runtimeDirectory({}, uid)).toThrow(
      expect.objectContaining({
        code: 'RUNTIME_DIRECTORY',
        path,
        hint: expect.stringContaining('TCTL_RUNTIME_DIR'),
      }),
    );
    // Whoever names a directory knows whose it is.
    expect(runtimeDirectory({ TCTL_RUNTIME_DIR: path }, uid)).toBe(path);
  } finally {
    rmdirSync(path);
  }
  expect(statSync(path, { throwIfNoEntry: false })).toBe(undefined);
  expect(runtimeDirectory({}, uid)).toBe(path);
});
