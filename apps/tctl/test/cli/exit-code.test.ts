import { type ErrorCode, RunError, type RunResult, SyscallError, TcError } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodeOfError, exitCodes } from '../../src/cli/exit-code.ts';
import { UsageError } from '../../src/cli/usage-error.ts';

const ended: RunResult = {
  id: 'x',
  command: ['x'],
  exitCode: undefined,
  signal: undefined,
  reason: 'exit',
  stdout: '',
  stderr: '',
  truncated: false,
  timedOut: false,
  oomKilled: false,
  maxMemoryBytes: 0,
  cpuUsec: 0,
  wallMs: 0,
  startedAt: new Date(0),
  finishedAt: new Date(0),
  pidsLimitHits: undefined,
  warnings: [],
};

const failed = (code: ErrorCode) => new TcError('it failed', { code, operation: 'do it' });

describe('the exit code', () => {
  it.each([0, 1, 42, 125, 126, 127, 128, 137, 255])('of a command that exits with %d is that', (exitCode) => {
    expect(exitCodeOf({ ...ended, exitCode })).toBe(exitCode);
  });

  it.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGABRT', 134],
    ['SIGKILL', 137],
    ['SIGSEGV', 139],
    ['SIGPIPE', 141],
    ['SIGTERM', 143],
  ] as const)('of a command that %s ends is %d', (signal, code) => {
    expect(exitCodeOf({ ...ended, signal })).toBe(code);
  });

  it.each([
    ['a command that is not there', failed('COMMAND_NOT_FOUND'), 127],
    ['a command that can not be executed', failed('COMMAND_NOT_EXECUTABLE'), 126],
    ['any other failure', failed('ROOTFS_NOT_FOUND'), 125],
    ['a system call that failed', new SyscallError({ call: 'mount', errno: 1, operation: 'mount' }), 125],
    ['a command line that makes no sense', new UsageError('what?'), 125],
    ['a bug', new TypeError('undefined is not a function'), 125],
    ['a result that was rejected', new RunError({ ...ended, exitCode: 3 }), 125],
    ['what is no error', 'text', 125],
    ['nothing', undefined, 125],
  ])('of %s is Docker’s', (_, error, code) => {
    expect(exitCodeOfError(error)).toBe(code);
  });

  it('of our own errors is outside the range of signals', () => {
    const { signalBase, ...own } = exitCodes;
    expect(Object.values(own)).toEqual([1, 125, 126, 127]);
    expect(signalBase).toBe(128);
  });
});
