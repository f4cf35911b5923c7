import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fstatSync, readSync, writeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { pipe } from '../src/libc.ts';
import { pidfdGetFd, pidfdOpen, pidfdSendSignal } from '../src/pidfd.ts';

describe('a descriptor of a process', () => {
  const children: ChildProcess[] = [];
  const descriptors: number[] = [];
  const start = () => {
    const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
    children.push(child);
    return child;
  };
  const open = (pid = 0): number => {
    const fd = pidfdOpen(pid);
    if (fd === undefined) throw new Error(`there is no process ${pid}`);
    descriptors.push(fd);
    return fd;
  };
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const fd of descriptors.splice(0)) closeSync(fd);
  });

  it('is undefined where there is no such process', () => {
    expect(pidfdOpen(2 ** 22 + 1)).toBeUndefined(); // pid_max is at most 2^22: proc(5)
  });

  it('says what is wrong with the pid', () => {
    expect(() => pidfdOpen(-1)).toThrow(expect.objectContaining({ code: 'EINVAL', call: 'pidfd_open' }));
  });

  it('takes signals, and tells when the process has gone', async () => {
    const child = start();
    const fd = open(child.pid);
    expect(pidfdSendSignal(fd, 0)).toBe(true);
    expect(pidfdSendSignal(fd, os.signals.SIGTERM)).toBe(true);
    expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
    expect(pidfdSendSignal(fd, 0)).toBe(false);
  });

  it('gives the other’s descriptors', () => {
    const { read, write } = pipe();
    descriptors.push(read, write);
    const copy = pidfdGetFd(open(process.pid), write);
    descriptors.push(copy);
    expect(copy).not.toBe(write);
    expect(fstatSync(copy).ino).toBe(fstatSync(read).ino);
    writeSync(copy, 'through the copy');
    const buffer = Buffer.alloc(100);
    expect(buffer.toString('utf8', 0, readSync(read, buffer))).toBe('through the copy');
  });

  it('has no descriptor that the other has not', () => {
    const fd = open(process.pid);
    expect(() => pidfdGetFd(fd, 100_000)).toThrow(
      expect.objectContaining({ code: 'EBADF', call: 'pidfd_getfd' }),
    );
  });
});
