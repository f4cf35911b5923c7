import { constants } from 'node:os';
import { SyscallError, TcError } from '@tc/linux';
import { describe, expect, it } from 'vitest';
import { compileLaunch } from '../../src/launch/compile.ts';
import { launchError } from '../../src/launch/launch-error.ts';
import type { LaunchProgram, Step } from '../../src/launch/program.ts';
import { messages } from '../../src/launch/protocol.ts';
import { bindMount, makeSpec } from './specs.ts';

const { EPERM, ENOENT, EACCES, EEXIST, ENOSYS, EIO, EINVAL } = constants.errno;
const program = compileLaunch(
  makeSpec({
    process: { argv: ['job', '-x'] },
    mounts: [bindMount({ source: '/host/it', target: '/it', sourceType: 'file' })],
  }),
);

function stepOf({ steps }: LaunchProgram, is: (step: Step) => boolean): number {
  const index = steps.findIndex(is);
  expect(index).not.toBe(-1);
  return index;
}

const call = (name: string, text = '') =>
  stepOf(program, (step) => step.op === 'call' && step.call === name && step.what.includes(text));

describe('the error for a failed step', () => {
  it('has the step’s own words, its call, the errno and what to do', () => {
    const error = launchError(program, call('openat', 'open /host/run/.lock'), EACCES);
    expect(error).toBeInstanceOf(SyscallError);
    expect(error).toMatchObject({
      code: 'EACCES',
      call: 'openat',
      errno: EACCES,
      operation: 'open /host/run/.lock',
    });
    expect(error.message).toBe('open /host/run/.lock: EACCES: permission denied');
    expect(error.hint).toContain('TCTL_RUNTIME_DIR');
    expect(error).toMatchObject({
      args: ['lock_fd = openat(AT_FDCWD, "/host/run/.lock", O_RDONLY|O_CREAT|O_CLOEXEC, 0600)'],
    });
  });

  it.each([
    ['mkdirat', '/host/run/box', EEXIST, 'CONTAINER_EXISTS'],
    ['clone3', '', ENOSYS, 'KERNEL_TOO_OLD'],
    ['clone3', '', constants.errno.EAGAIN, 'PIDS_LIMIT'],
    ['open_tree', '/host/rootfs', ENOENT, 'ROOTFS_NOT_FOUND'],
    ['open_tree', '/host/it', ENOENT, 'MOUNT_SOURCE_NOT_FOUND'],
    ['openat2', 'the mount point /proc', constants.errno.ELOOP, 'ROOTFS_UNSAFE'],
    ['chdir', 'the working directory', constants.errno.ENOTDIR, 'WORKING_DIRECTORY_NOT_FOUND'],
    ['execve', '', ENOENT, 'COMMAND_NOT_FOUND'],
    ['execve', '', constants.errno.ENOEXEC, 'COMMAND_NOT_EXECUTABLE'],
    ['execve', '', EIO, 'COMMAND_NOT_EXECUTABLE'], // the diagnosis for all others
  ])('has the code that its diagnosis gives: %s %s %i', (name, text, errno, code) => {
    const error = launchError(program, call(name, text), errno);
    expect(error.code).toBe(code);
    expect(error.hint).toMatch(/\w/);
  });

  it('does not blame the file where the arguments are too long', () => {
    const error = launchError(program, call('execve'), constants.errno.E2BIG);
    expect(error).toMatchObject({
      code: 'COMMAND_NOT_EXECUTABLE',
      hint: expect.stringContaining('arguments'),
    });
  });

  it('has the errno’s name where nothing was diagnosed', () => {
    const error = launchError(program, call('umask'), EINVAL);
    expect(error.code).toBe('EINVAL');
  });

  it('speaks for the call that a fail step stands for', () => {
    const mount = launchError(
      program,
      stepOf(program, (step) => step.op === 'fail' && step.as.call === 'fstatfs'),
      EPERM,
    );
    expect(mount.code).toBe('MOUNT_TARGET_FORBIDDEN');
    const absent = launchError(
      program,
      program.steps.findLastIndex((step) => step.op === 'fail'),
      ENOENT,
    );
    expect(absent).toMatchObject({ code: 'COMMAND_NOT_FOUND', operation: 'execute job' });
  });

  it('blames the memory limit where the first process died', () => {
    expect(launchError(program, messages.died, 0)).toMatchObject({ code: 'MEMORY_LIMIT_TOO_LOW' });
  });

  it.each([999_999, 'jump'])('copes with a step that makes no call: %s', (which) => {
    const kind = typeof which === 'number' ? which : stepOf(program, ({ op }) => op === 'jump');
    const error = launchError(program, kind, EPERM);
    expect(error).toBeInstanceOf(TcError);
    expect(error.code).toBe('LAUNCH');
    expect(error.message).toContain(`step ${kind}`);
  });
});
