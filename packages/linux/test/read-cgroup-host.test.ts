import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ParseError } from '../src/errors.ts';
import { readCgroupHost, readOptional } from '../src/read-cgroup-host.ts';
import { SyscallError } from '../src/syscall-error.ts';
import { fixtures } from './fixtures.ts';

// The real readFileSync, which one test makes fail as only a dying cgroup's file does.
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return { ...fs, readFileSync: vi.fn(fs.readFileSync) };
});

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'tc-read-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function thrownBy(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

describe('readOptional', () => {
  test('reads a file as text', () => {
    writeFileSync(join(dir, 'memory.max'), 'max\n');
    expect(readOptional(join(dir, 'memory.max'))).toBe('max\n');
  });

  test('answers undefined for a missing file', () => {
    expect(readOptional(join(dir, 'memory.peak'))).toBeUndefined();
  });

  test.each(['ENODEV', 'EOPNOTSUPP'] as const)(
    'answers undefined for %s: the cgroup or feature is gone',
    (name) => {
      const failure = Object.assign(new Error(name), { errno: -constants.errno[name], syscall: 'read' });
      vi.mocked(readFileSync).mockImplementationOnce(() => {
        throw failure;
      });
      expect(readOptional('/sys/fs/cgroup/x/memory.pressure')).toBeUndefined();
    },
  );

  test('throws a SyscallError with the path for any other failure', () => {
    expect(thrownBy(() => readOptional(dir))).toBeInstanceOf(SyscallError);
    expect(thrownBy(() => readOptional(dir))).toMatchObject({ code: 'EISDIR', call: 'read', path: dir });
    writeFileSync(join(dir, 'file'), '');
    expect(thrownBy(() => readOptional(join(dir, 'file/below')))).toMatchObject({
      code: 'ENOTDIR',
      call: 'open',
    });
  });

  test("passes on Node's own complaint about a path with a NUL byte", () => {
    expect(thrownBy(() => readOptional('a\0b'))).toMatchObject({ code: 'ERR_INVALID_ARG_VALUE' });
  });
});

describe('readCgroupHost', () => {
  test.each(fixtures)('reads $name from its proc folder', ({ dir, mode }) => {
    expect(readCgroupHost(join(dir, 'proc')).mode).toBe(mode);
  });

  test("reads this machine's /proc", () => {
    expect(['v1', 'v2', 'hybrid', 'none']).toContain(readCgroupHost().mode);
  });

  test('does without /proc/cgroups', () => {
    mkdirSync(join(dir, 'self'));
    writeFileSync(join(dir, 'self/mountinfo'), '2 1 0:2 / /cg rw - cgroup2 cgroup2 rw\n');
    expect(readCgroupHost(dir)).toMatchObject({ mode: 'v2', v2: { mountPoint: '/cg' } });
  });

  test('says what to do when there is no proc', () => {
    const path = join(dir, 'self/mountinfo');
    expect(thrownBy(() => readCgroupHost(dir))).toMatchObject({
      code: 'ENOENT',
      path,
      operation: `read ${path}`,
      hint: expect.stringContaining('mount -t proc'),
    });
  });

  test('throws a ParseError for a mountinfo that is none', () => {
    mkdirSync(join(dir, 'self'));
    writeFileSync(join(dir, 'self/mountinfo'), 'hello\n');
    expect(thrownBy(() => readCgroupHost(dir))).toBeInstanceOf(ParseError);
  });
});
