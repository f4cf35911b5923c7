import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { makeRaw, setTerminalSize, terminalSize } from '../src/terminal.ts';

describe('the size of a terminal', () => {
  it('can be set and read', () => {
    const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
    try {
      setTerminalSize(master, { columns: 132, rows: 43 });
      expect(terminalSize(master)).toEqual({ columns: 132, rows: 43 });
      setTerminalSize(master, { columns: 80, rows: 24 });
      expect(terminalSize(master)).toEqual({ columns: 80, rows: 24 });
    } finally {
      closeSync(master);
    }
  });

  it('is an error where there is no terminal', () => {
    const fd = openSync('/dev/null', 'r+');
    const error = expect.objectContaining({ code: 'ENOTTY', call: 'ioctl' });
    expect(() => terminalSize(fd)).toThrow(error);
    expect(() => setTerminalSize(fd, { columns: 1, rows: 1 })).toThrow(error);
    closeSync(fd);
  });
});

describe('a raw terminal', () => {
  /** What stty(1) says of it, through its master. */
  const settings = (fd: number, ...args: string[]) =>
    execFileSync('stty', args, { stdio: [fd, 'pipe', 'inherit'], encoding: 'utf8' });

  it('passes every byte on, as stty raw has it, and becomes what it was', () => {
    const master = openSync('/dev/ptmx', constants.O_RDWR | constants.O_NOCTTY);
    try {
      const before = settings(master, '-g');
      const restore = makeRaw(master);
      const raw = settings(master, '-a');
      for (const off of ['opost', 'icanon', 'echo', 'isig', 'iexten', 'ixon', 'icrnl'])
        expect(raw).toMatch(new RegExp(`(^| )-${off}\\b`, 'm'));
      expect(raw).toMatch(/min = 1; time = 0/);
      expect(raw).toMatch(/\bcs8\b/);
      restore();
      expect(settings(master, '-g')).toBe(before);
    } finally {
      closeSync(master);
    }
  });

  it('must be a terminal', () => {
    const fd = openSync('/dev/null', 'r+');
    expect(() => makeRaw(fd)).toThrow(expect.objectContaining({ code: 'ENOTTY', call: 'ioctl' }));
    closeSync(fd);
  });
});
