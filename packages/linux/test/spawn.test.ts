import { closeSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pipe, reap, SyscallError, socketPair, spawnProcess } from '../src/index.ts';

const inherited = [0, 1, 2] as const;

/** What a shell script prints to a pipe that it gets as descriptor 1. */
function output(script: string): string {
  const { read, write } = pipe();
  const pid = spawnProcess('/bin/sh', ['sh', '-c', script], [0, write, 2]);
  closeSync(write);
  const chunk = Buffer.alloc(4096);
  const chunks: string[] = [];
  for (let n = readSync(read, chunk); n > 0; n = readSync(read, chunk))
    chunks.push(chunk.toString('utf8', 0, n));
  closeSync(read);
  reap(pid);
  return chunks.join('');
}

describe('a spawned process', () => {
  it('has its arguments, no environment and a session of its own', () => {
    expect(output('echo "$0 $#"; tr "\\0" "\\n" < /proc/self/environ | grep -v ^PWD= | grep -v ^_=')).toBe(
      'sh 0\n',
    );
    const [pid, session] = output('cut -d" " -f 1,6 /proc/$$/stat').trim().split(' ');
    expect(session).toBe(pid);
  });

  it('ignores no signal and blocks none, although Node.js ignores SIGPIPE', () => {
    const status = output('grep -E "^Sig(Blk|Ign)" /proc/self/status');
    expect(status).toMatch(/SigBlk:\s+0+\n/);
    expect(status).toMatch(/SigIgn:\s+0+\n/);
    expect(readFileSync('/proc/self/status', 'utf8')).not.toMatch(/SigIgn:\s+0+\n/); // so that this can fail
  });

  it('gets descriptors in the order given, also where each stands in the way of another', () => {
    const { read, write } = pipe();
    // 1 and 2 change places: with plain dup2 calls one after another both would be the same.
    const pid = spawnProcess(
      '/bin/sh',
      ['sh', '-c', 'exec 4>&1 5>&2; ls -l /proc/$$/fd/4 /proc/$$/fd/5 >&3; true'],
      [0, 2, 1, write],
    );
    closeSync(write);
    const listing = Buffer.alloc(4096);
    const text = listing.toString('utf8', 0, readSync(read, listing));
    closeSync(read);
    reap(pid);
    const target = (fd: number) => new RegExp(`fd/${fd} -> (.*)`).exec(text)?.[1];
    expect(target(4)).toBe(readlinkSync('/proc/self/fd/2'));
    expect(target(5)).toBe(readlinkSync('/proc/self/fd/1'));
  });

  it('is no zombie once it was reaped', () => {
    const pid = spawnProcess('/bin/true', ['true'], inherited);
    reap(pid);
    expect(() => readFileSync(`/proc/${pid}/stat`)).toThrow(/ENOENT/);
  });

  it('is an error that names the call where it can’t be executed', () => {
    expect(() => spawnProcess('/no/such/program', ['x'], inherited)).toThrow(SyscallError);
    expect(() => spawnProcess('/no/such/program', ['x'], inherited)).toThrow(/ENOENT/);
  });
});

describe('a socket pair', () => {
  it('closes on exec, so that no other child holds the connection open', () => {
    const [a, b] = socketPair();
    expect(output(`ls /proc/self/fd/${a} /proc/self/fd/${b} 2>&1`)).toMatch(
      /No such file(.|\n)*No such file/,
    );
    closeSync(a);
    closeSync(b);
  });
});
