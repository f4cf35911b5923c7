import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { scaled } from '../support/scale.ts';
import { shell, tctl, tctlWithInput } from './support/command.ts';
import { expectOutput } from './support/expectations.ts';
import { newDirectory } from './support/suite.ts';

const megabytes = 5;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A file of random bytes: every value, no valid UTF-8, no whole number of pages. */
function randomFile(): { path: string; hash: string; bytes: Buffer } {
  const bytes = randomBytes(megabytes * 2 ** 20 + 123);
  const path = join(newDirectory(), 'random');
  writeFileSync(path, bytes);
  return { path, hash: sha256(bytes), bytes };
}

describe('the streams', () => {
  it(`pass ${megabytes} MiB of binary through unchanged, from a file to a file`, async () => {
    const { path, hash } = randomFile();
    expectOutput(await shell(`tctl run host cat <${path} >${path}.out`), '');
    expect(sha256(readFileSync(`${path}.out`))).toBe(hash);
  });

  it(`pass ${megabytes} MiB of binary through unchanged, from a pipe to a pipe`, async () => {
    const { path, hash } = randomFile();
    expectOutput(await shell(`cat ${path} | tctl run host cat | cat >${path}.out`), '');
    expect(sha256(readFileSync(`${path}.out`))).toBe(hash);
  });

  it(`pass ${megabytes} MiB of binary through stderr unchanged`, async () => {
    const { path, hash } = randomFile();
    expectOutput(await shell(`tctl run host sh -c 'cat >&2' <${path} 2>${path}.err`), '');
    expect(sha256(readFileSync(`${path}.err`))).toBe(hash);
  });

  it('keep stdout and stderr apart, both large', async () => {
    const { path, hash } = randomFile();
    const script = `tctl run host sh -c 'tee /dev/stderr' <${path} >${path}.out 2>${path}.err`;
    expectOutput(await shell(script), '');
    expect(sha256(readFileSync(`${path}.out`))).toBe(hash);
    expect(sha256(readFileSync(`${path}.err`))).toBe(hash);
  });

  it('pass through a socket, as Node.js gives its children', async () => {
    const { bytes, hash } = randomFile();
    expectOutput(await tctlWithInput(bytes, 'run', 'host', 'sha256sum'), `${hash}  -\n`);
  });

  it('append to a file where the shell says so', async () => {
    const path = join(newDirectory(), 'log');
    writeFileSync(path, 'before\n');
    expectOutput(await shell(`tctl run host sh -c 'echo one; echo two >&2' >>${path} 2>&1`), '');
    expect(readFileSync(path, 'utf8')).toBe('before\none\ntwo\n');
  });

  it('pass one line on before the next comes', async () => {
    const script = `mkfifo in out; tctl run host cat <in >out &
      exec 3>in 4<out; echo one >&3; read a <&4; echo two >&3; read b <&4; exec 3>&-; wait; echo "$a $b"`;
    expectOutput(await shell(script, { cwd: newDirectory() }), 'one two\n');
  });

  it('give empty input', async () => {
    expectOutput(await tctlWithInput('', 'run', 'host', 'wc', '-c'), '0\n');
    expectOutput(await shell('tctl run host wc -c </dev/null'), '0\n');
    expectOutput(await tctl('run', 'host', 'cat'), '');
  });

  it('leave to the caller what the container did not read', async () => {
    const script = `printf 'first\\nsecond\\n' >in; { tctl run host sh -c 'read line; echo $line'; cat; } <in`;
    const { code, stdout } = await shell(script, { cwd: newDirectory() });
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'first\nsecond\n' });
  });
});

describe('a reader that is slow gets everything', () => {
  // A pipe that Node.js has made non-blocking is so for all that share it: a writer is told EAGAIN, and gives up.
  const write = `head -c 5000000 /dev/zero | cat`;
  const slowly = '(sleep 0.5; wc -c)';
  it.each([
    ['stdout', `tctl run host sh -c '${write}' | ${slowly}`],
    ['stderr', `tctl run host sh -c '{ ${write}; } >&2' 2>&1 >/dev/null | ${slowly}`],
    ['stdout beside --explain', `tctl run --explain host sh -c '${write}' 2>/dev/null | ${slowly}`],
  ])('of %s', async (_, script) => {
    expectOutput(await shell(script), '5000000\n');
  });

  it('of stderr after --explain', async () => {
    const script = `tctl run --explain host sh -c '{ ${write}; } >&2' 2>&1 >/dev/null | (sleep 0.5; tr -cd '\\0' | wc -c)`;
    expectOutput(await shell(script), '5000000\n');
  });

  it('and so does a slow container of its input', async () => {
    const script = `head -c 5000000 /dev/zero | tctl run host sh -c 'sleep 0.5; wc -c'`;
    expectOutput(await shell(script), '5000000\n');
  });
});

describe('a stream that is closed', () => {
  const quick = scaled(15_000);

  it('by its reader does not hang a writer', { timeout: quick }, async () => {
    const { code, stdout } = await shell('tctl run host yes | head -c 1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'y' });
  });

  it('by its reader ends a writer that is not the first process', { timeout: quick }, async () => {
    const { stdout } = await shell(`{ tctl run host sh -c 'yes; echo $? >&2' | head -c 1; } 2>&1`);
    // head(1) closes its stdin before it writes.
    expect(stdout.replace('y', '')).toMatch(/^(yes: .*\n)?\d+\n$/);
  });

  it('by its reader early does not hang tctl itself', { timeout: quick }, async () => {
    const { stdout, stderr } = await shell(`(sleep 0.1; tctl run host echo lost; echo $? >&2) | true`);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^\d+\n$|write error.*\n\d+\n$/s);
    expect(stderr).not.toMatch(/^ {4}at /m);
  });

  it('before the start is /dev/null in the container', { timeout: quick }, async () => {
    expect(await shell('tctl run host cat <&-')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await shell('tctl run host echo lost >&-')).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await shell('tctl run host echo kept 2>&-')).toMatchObject({ code: 0, stdout: 'kept\n' });
  });

  it('by its writer while the container reads ends the input', { timeout: quick }, async () => {
    expectOutput(await shell(`(printf a; sleep 0.2; printf b) | tctl run host cat`), 'ab');
  });
});
