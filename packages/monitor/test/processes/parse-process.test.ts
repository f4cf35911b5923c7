import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseStat, parseStatus } from '../../src/processes/parse-process.ts';

const stat = (name: string) =>
  `42 (${name}) S 7 42 42 0 -1 4194560 100 0 0 0 31 12 0 0 20 0 1 0 98765 2625536 200 18446744073709551615`;

describe('/proc/PID/stat', () => {
  it.each(['sh', 'a b', '(sd-pam)', ') R 1 (', 'x\ny', ''])('is understood with the name %j', (name) => {
    expect(parseStat(stat(name))).toEqual({
      name,
      state: 'S',
      parentPid: 7,
      cpuUsec: 430_000,
      startTicks: 98_765,
    });
  });
  it('is understood as this kernel writes it', () =>
    expect(parseStat(readFileSync('/proc/self/stat', 'utf8'))?.parentPid).toBe(process.ppid));
  it('survives any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void parseStat(text)));
    expect(parseStat('')).toBeUndefined();
    expect(parseStat('1 (x')).toBeUndefined();
  });
});

describe('/proc/PID/status', () => {
  it('has the real user, threads and resident memory', () =>
    expect(parseStatus('Name:\tsh\nUid:\t1000\t0\t0\t0\nVmRSS:\t     1636 kB\nThreads:\t3\n')).toEqual({
      userId: 1000,
      threads: 3,
      memoryBytes: 1636 * 1024,
    }));
  it('has no memory of the dead', () =>
    expect(parseStatus('Uid:\t0\t0\t0\t0\nThreads:\t1\n')).toEqual({
      userId: 0,
      threads: 1,
      memoryBytes: 0,
    }));
});
