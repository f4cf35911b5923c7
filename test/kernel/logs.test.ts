import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Container, LogEntry, LogsOptions } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { makeContainer, watchLeftovers } from '../support/kernel.ts';
import { logged } from '../support/logged.ts';
import { scaled, slowness } from '../support/scale.ts';

watchLeftovers();

async function entries(container: Container, options: LogsOptions = {}): Promise<LogEntry[]> {
  const all: LogEntry[] = [];
  for await (const entry of container.logs(options)) all.push(entry);
  return all;
}

const lines = async (container: Container, options: LogsOptions = {}): Promise<string[]> =>
  (await entries(container, options)).map(({ line }) => line);

describe('the log of a container', () => {
  it('has what it wrote, with streams and times', async () => {
    const before = Date.now();
    await using container = await makeContainer('echo one; echo two >&2; sleep 0.1; printf three');
    await container.start();
    await container.wait();
    const all = await entries(container);
    expect(all.map(({ stream, line, partial }) => [stream, line, partial])).toEqual([
      ['stdout', 'one', false],
      ['stderr', 'two', false],
      ['stdout', 'three', true],
    ]);
    const [one, , three] = all.map(({ time }) => time.getTime());
    expect(one).toBeGreaterThanOrEqual(before - 1);
    expect((three ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(99);
    expect(await lines(container, { tail: 1 })).toEqual(['three']);
    expect(await lines(container, { stdout: false })).toEqual(['two']);
    expect(await lines(container, { since: new Date(three ?? 0) })).toEqual(['three']);
  });

  it('lacks nothing where the container ends at once', async () => {
    const count = 4000; // less than a pipe holds
    await using container = await makeContainer(`seq ${count}`);
    for (let run = 1; run <= 3; run += 1) {
      await container.start();
      await container.wait();
      expect(await lines(container)).toHaveLength(run * count);
    }
  });

  it('is read in another process', async () => {
    await using container = await makeContainer('echo hello');
    await container.start();
    await container.wait();
    const script = `import { Container } from '@tc/core';
      const container = await Container.get(process.argv[1]);
      for await (const { line } of container.logs({ follow: true })) console.log(line);`;
    const args = [
      '--conditions=tc-source',
      '--no-warnings',
      '--input-type=module',
      '-e',
      script,
      container.id,
    ];
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      cwd: import.meta.dirname,
    });
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => {
      text += chunk;
    });
    await once(child, 'close');
    expect(text).toBe('hello\n');
  });

  it('is followed as it grows, until the container has ended', async () => {
    await using container = await makeContainer('echo one; read line; echo "$line"; printf end', {
      stdin: 'open',
    });
    await container.start();
    const log = container.logs({ follow: true });
    expect((await log.next()).value).toMatchObject({ line: 'one' });
    const two = log.next();
    const attachment = await container.attach();
    await attachment.write('two\n');
    attachment.detach();
    expect((await two).value).toMatchObject({ line: 'two' });
    expect((await log.next()).value).toMatchObject({ line: 'end', partial: true });
    expect((await log.next()).done).toBe(true);
  });

  it('is followed through the turns of its files without a loss', { timeout: scaled(60_000) }, async () => {
    // In pieces, so that the reader keeps up: two files of 32 KiB are kept.
    const count = slowness > 1 ? 20 : 60;
    const script = `n=0; while [ $n -lt ${count} ]; do n=$((n+1)); echo "block $n"; seq 1000; sleep ${scaled(20) / 1000}; done`;
    await using container = await makeContainer(script, { logs: { maxBytes: '64k' }, cgroups: 'disabled' });
    await container.start();
    let blocks = 0;
    let next = 0;
    for await (const { line } of container.logs({ follow: true })) {
      if (line.startsWith('block')) {
        blocks += 1;
        expect([line, next]).toEqual([`block ${blocks}`, blocks === 1 ? 0 : 1000]);
        next = 0;
      } else {
        next += 1;
        expect(line).toBe(`${next}`);
      }
    }
    expect([blocks, next]).toEqual([count, 1000]);
  });

  it('keeps the newest, within its bounds, and a slow reader holds nothing up', async () => {
    await using container = await makeContainer('seq 200000; echo done', { logs: { maxBytes: '256k' } });
    await container.start();
    const log = container.logs({ follow: true });
    await log.next(); // and no more until the container has ended
    expect((await container.wait()).exitCode).toBe(0);
    const rest: string[] = [];
    for await (const { line } of log) rest.push(line);
    expect(rest.at(-1)).toBe('done');
    const kept = await lines(container);
    expect(kept.at(-1)).toBe('done');
    expect(kept.length).toBeGreaterThan(10_000);
    expect(kept.length).toBeLessThan(50_000);
    // Whole lines but for the first, and none is missing in between.
    expect(kept.slice(1, -1).map(Number)).toEqual(
      Array.from({ length: kept.length - 2 }, (_, n) => 200_000 - (kept.length - 3) + n),
    );
  });

  it('has a terminal’s output as stdout', async () => {
    await using container = await makeContainer('echo out; echo err >&2; test -t 1 && echo terminal', {
      tty: true,
    });
    await container.start();
    await container.wait();
    expect((await entries(container)).map(({ stream, line }) => [stream, line])).toEqual([
      ['stdout', 'out'],
      ['stdout', 'err'],
      ['stdout', 'terminal'],
    ]);
  });

  it('is followed to its end where the container is removed with it', async () => {
    await using container = await makeContainer('echo one; sleep 0.2; echo two', { autoRemove: true });
    await container.start();
    expect(await lines(container, { follow: true })).toEqual(['one', 'two']);
  });

  it('ends for whoever stops following, and the container goes on', async () => {
    await using container = await makeContainer('echo one; sleep 1000');
    await container.start();
    await logged(container, 'one');
    const controller = new AbortController();
    const reading = lines(container, { follow: true, signal: controller.signal });
    await sleep(20);
    controller.abort();
    expect(await reading).toEqual(['one']);
    expect((await container.inspect()).state).toBe('running');
  });
});
