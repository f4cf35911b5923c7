import { hash, randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { usualIdMap } from '../support/id-mappable.ts';
import { box, defaults, makeContainer, newDirectory, watchLeftovers } from '../support/kernel.ts';
import { requires } from '../support/requires.ts';

watchLeftovers();

const sha = (data: Uint8Array): string => hash('sha256', data);

describe('the streams', () => {
  it('carry 8 MiB of any bytes through unchanged', async () => {
    const data = randomBytes(8 * 2 ** 20);
    const result = await run(['cat'], { ...defaults(), input: data, encoding: 'buffer' });
    expect(result.stdout.length).toBe(data.length);
    expect(sha(result.stdout)).toBe(sha(data));
    expect(result).toMatchObject({ exitCode: 0, truncated: false });
  });

  it('are three: what goes to stderr is not in stdout', async () => {
    const result = await box('cat; echo err >&2', { input: 'ünïcode' });
    expect(result).toMatchObject({ stdout: 'ünïcode', stderr: 'err\n' });
  });

  it.for([
    ['another user', { user: '1000:1000' }],
    ['root of a user namespace', { namespaces: { user: true } }],
    ['another user of one', { namespaces: { user: true }, user: '1000:1000' }],
  ] as const)('can be opened again by %s, whichever way it was started', async ([, options], context) => {
    if ('namespaces' in options) requires(context, usualIdMap);
    const again = 'echo out >/dev/stdout; echo err >/dev/stderr; cat /dev/stdin';
    const seen = { stdout: 'out\nin', stderr: 'err\n' };
    expect(await box(again, { ...options, input: 'in' })).toMatchObject(seen);
    await using container = await makeContainer(`echo out >/dev/stdout; sleep 1000`, options);
    await container.start();
    expect(await container.exec(['sh', '-c', again], { input: 'in' })).toMatchObject(seen);
    await container.stop({ timeout: 0 });
    const lines: string[] = [];
    for await (const { line } of container.logs()) lines.push(line);
    expect(lines).toEqual(['out']);
  });

  it('give an empty stdin where there is no input', async () => {
    expect((await box('cat; readlink /proc/self/fd/0')).stdout).toBe('/dev/null\n');
  });

  it('need not be read: a container that ignores its input ends as any other', async () => {
    expect(await box(['true'], { input: randomBytes(2 ** 20) })).toMatchObject({
      exitCode: 0,
      reason: 'exit',
    });
  });

  it('can be a file of the host', async () => {
    const path = join(newDirectory(), 'out');
    const fd = openSync(path, 'w');
    const result = await box('echo one; echo two >&2', { stdout: fd, stderr: fd });
    closeSync(fd);
    expect(result).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
    expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  });

  it('can be ignored', async () => {
    expect(await box('echo one', { stdout: 'ignore' })).toMatchObject({ stdout: '', exitCode: 0 });
  });

  it('can be talked through while the container runs', async () => {
    await using session = box('while read line; do echo "got $line"; done', { stdin: 'pipe' });
    const answers: string[] = [];
    session.stdout?.on('data', (chunk: Buffer) => {
      answers.push(chunk.toString());
      if (answers.length === 1) session.stdin?.end('two\n');
    });
    session.stdin?.write('one\n');
    expect((await session).stdout).toBe('got one\ngot two\n');
    expect(answers).toEqual(['got one\n', 'got two\n']);
  });

  it('end with the container, though a process that it left behind had them open', async () => {
    expect(await box('sleep 1000 & echo done')).toMatchObject({ stdout: 'done\n', exitCode: 0 });
  });
});

describe('maxOutput', () => {
  it('ends a container that writes more, and keeps what came before', async () => {
    const result = await box('yes', { maxOutput: '1m' });
    expect(result).toMatchObject({ reason: 'output', signal: 'SIGKILL', truncated: true });
    expect(result.stdout.length).toBe(2 ** 20);
    expect(result.stdout.slice(0, 4)).toBe('y\ny\n');
  });

  it('holds for stderr', async () => {
    const result = await box('yes >&2', { maxOutput: 1000 });
    expect(result).toMatchObject({ reason: 'output', truncated: true, stdout: '' });
    expect(result.stderr.length).toBe(1000);
  });

  it('is not passed by exactly as much', async () => {
    const result = await box('head -c 1000 /dev/zero', { maxOutput: 1000 });
    expect(result).toMatchObject({ reason: 'exit', truncated: false, exitCode: 0 });
  });
});
