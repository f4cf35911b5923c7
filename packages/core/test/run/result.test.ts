import { describe, expect, it } from 'vitest';
import { RunError, type RunResult } from '../../src/run/result.ts';

const result: RunResult = {
  id: 'box',
  command: ['sh', '-c', 'exit 3'],
  exitCode: 3,
  signal: undefined,
  reason: 'exit',
  stdout: '',
  stderr: '',
  truncated: false,
  timedOut: false,
  oomKilled: false,
  maxMemoryBytes: 4096,
  cpuUsec: 1,
  wallMs: 1,
  startedAt: new Date(0),
  finishedAt: new Date(0),
  pidsLimitHits: undefined,
  warnings: [],
};

describe('the error of a run', () => {
  it('names the command, carries the result, and has a code', () => {
    const error = new RunError(result);
    expect(error).toMatchObject({ name: 'RunError', code: 'RUN_FAILED', result });
    expect(error.message).toBe('run sh -c exit 3: exit code 3');
  });

  it.each([
    [{ reason: 'signal', exitCode: undefined, signal: 'SIGSEGV' }, 'SIGSEGV'],
    [
      { reason: 'oom', exitCode: undefined, signal: 'SIGKILL' },
      'out of memory (SIGKILL, at most 4096 bytes in use)',
    ],
    [{ reason: 'oom', exitCode: 137 }, 'out of memory (exit code 137, at most 4096 bytes in use)'],
    [{ reason: 'timeout' }, 'ran longer than its timeout'],
    [{ reason: 'output' }, 'wrote more than maxOutput'],
    [{ reason: 'aborted' }, 'aborted'],
  ] as const)('says how it ended: %j', (how, text) => {
    expect(new RunError({ ...result, ...how }).message).toBe(`run sh -c exit 3: ${text}`);
  });

  it('says what to do about too little memory', () => {
    expect(new RunError({ ...result, reason: 'oom' }).hint).toMatch(/memory limit/);
  });
});
