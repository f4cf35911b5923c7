import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ParseError } from '@tc/linux';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleCgroup } from '../src/index.ts';

const fixture = (path: string) => fileURLToPath(new URL(`../../../test/fixtures/${path}`, import.meta.url));

describe('sampleCgroup', () => {
  let directory: string;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tctl-sample-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('reads the files that a v2 kernel wrote', () => {
    const sample = sampleCgroup({ v2: fixture('v2-6.1/cgroup/unified') });
    expect(sample.memoryBytes).toBeGreaterThan(0);
    expect(sample.pids).toBeGreaterThan(0);
  });

  it('reads the files that a v1 kernel wrote, with the same names and units', () => {
    const sample = sampleCgroup({
      v1: { memory: fixture('v1-6.1/cgroup/memory'), pids: fixture('v1-6.1/cgroup/pids') },
    });
    expect(sample.memoryBytes).toBeGreaterThan(0);
    expect(sample.pids).toBeGreaterThan(0);
  });

  it("says 'max' where v1 and v2 say it in their own ways", () => {
    writeFileSync(join(directory, 'memory.limit_in_bytes'), '9223372036854771712\n');
    writeFileSync(join(directory, 'memory.max'), 'max\n');
    expect(sampleCgroup({ v1: { memory: directory } }).memoryLimitBytes).toBe('max');
    expect(sampleCgroup({ v2: directory }).memoryLimitBytes).toBe('max');
  });

  it('leaves undefined what has no file', () => {
    const nothing = {
      memoryBytes: undefined,
      memoryLimitBytes: undefined,
      pids: undefined,
      pidsLimit: undefined,
    };
    expect(sampleCgroup({ v2: directory })).toEqual(nothing);
    expect(sampleCgroup({})).toEqual(nothing);
  });

  it('refuses text that no kernel writes', () => {
    writeFileSync(join(directory, 'pids.current'), 'many\n');
    expect(() => sampleCgroup({ v2: directory })).toThrow(ParseError);
  });
});
