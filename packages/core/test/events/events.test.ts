import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ContainerEvent, encodeEvent, type NewEvent } from '../../src/events/event.ts';
import { appendEvent, rotateJournal } from '../../src/events/journal.ts';
import { containerEvents, type EventsOptions, readEvents } from '../../src/events/watch.ts';
import { causes, eventLayout } from '../../src/launch/protocol.ts';
import { openBelow, watches } from '../logs/descriptors.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-events-'));
});
afterEach(() => {
  expect(openBelow(directory)).toEqual([]);
  expect(watches()).toBe(0);
  rmSync(directory, { recursive: true });
});

const tell = (name: string, event: Partial<NewEvent> = {}) =>
  appendEvent(directory, { kind: 'create', id: `id-${name}`, name, ...event });
const watch = (options: EventsOptions = {}) => containerEvents(options, directory);
const history = async (options: EventsOptions = {}) =>
  (await readEvents(options, directory)).map(({ name }) => name);
const next = async (events: AsyncIterator<ContainerEvent>): Promise<string> => {
  const { value, done } = await events.next();
  return done ? '(the end)' : (value as ContainerEvent).name;
};
const journal = () => join(directory, '.events');
/** As long as it has to be to be put aside. */
const fill = (name: string) => {
  const frame = encodeEvent({ kind: 'update', id: name, name });
  appendFileSync(journal(), Buffer.concat(Array.from({ length: 6554 }, () => frame)));
};

describe('the journal of events', () => {
  it('tells what each event means', async () => {
    const id = 'a'.repeat(64);
    appendEvent(directory, { kind: 'start', id, name: 'n', value: 123 });
    appendEvent(directory, { kind: 'exit', id, name: 'n', value: 3 << 8 });
    appendEvent(directory, { kind: 'exit', id, name: 'n', value: 9 });
    appendEvent(directory, { kind: 'exit', id, name: 'n', value: causes.timeout * 2 ** 32 + 9 });
    appendEvent(directory, { kind: 'oom', id, name: 'n', value: 2 });
    appendEvent(directory, { kind: 'pids-max', id, name: 'n', value: -1 });
    appendEvent(directory, { kind: 'pause', id, name: 'n' });
    const events = await readEvents({}, directory);
    const time = expect.any(Date);
    expect(events).toEqual([
      { time, kind: 'start', id, name: 'n', pid: 123 },
      { time, kind: 'exit', id, name: 'n', exitCode: 3 },
      { time, kind: 'exit', id, name: 'n', signal: 'SIGKILL' },
      { time, kind: 'exit', id, name: 'n', signal: 'SIGKILL', reason: 'timeout' },
      { time, kind: 'oom', id, name: 'n', count: 2 },
      { time, kind: 'pids-max', id, name: 'n' },
      { time, kind: 'pause', id, name: 'n' },
    ]);
    expect(Math.abs((events[0]?.time.getTime() ?? 0) - Date.now())).toBeLessThan(10_000);
  });

  it('is for its owner alone, and made when it is needed', () => {
    expect(existsSync(journal())).toBe(false);
    tell('a');
    expect(statSync(journal()).mode & 0o777).toBe(0o600);
    expect(statSync(journal()).size).toBe(eventLayout.size);
  });

  it('gives the events of one container, by its id or its name', async () => {
    tell('a');
    tell('b');
    tell('c', { kind: 'rename', id: 'id-a' });
    expect(await history({ id: 'id-a' })).toEqual(['a', 'c']);
    expect(await history({ id: 'b' })).toEqual(['b']);
    expect(await history({ id: 'd' })).toEqual([]);
  });

  it('gives the events of a span of time', async () => {
    const old = encodeEvent({ kind: 'create', id: 'old', name: 'old' }, new Date(Date.now() - 60_000));
    writeFileSync(journal(), old);
    tell('new');
    expect(await history()).toEqual(['old', 'new']);
    expect(await history({ since: '30s' })).toEqual(['new']);
    expect(await history({ since: '2m' })).toEqual(['old', 'new']);
    const events: string[] = [];
    for await (const { name } of watch({ since: '2m', until: '30s' })) events.push(name);
    expect(events).toEqual(['old']);
  });

  it('is read on behind garbage', async () => {
    writeFileSync(journal(), 'garbage');
    tell('a');
    appendFileSync(journal(), encodeEvent({ kind: 'create', id: 'cut', name: 'cut' }).subarray(0, 99));
    tell('b');
    tell('c');
    appendFileSync(journal(), Buffer.alloc(1000));
    tell('d');
    expect(await history()).toEqual(['a', 'b', 'c', 'd']);
  });

  it('is put aside when it is long, and only then', async () => {
    tell('a');
    rotateJournal(directory);
    expect(existsSync(join(directory, '.events.1'))).toBe(false);
    fill('x');
    rotateJournal(directory);
    expect(existsSync(journal())).toBe(false);
    rotateJournal(directory);
    tell('b');
    rotateJournal(directory);
    const names = await history();
    expect([names[0], names.at(-1), names.length]).toEqual(['a', 'b', 6556]);
  });

  it('is empty where there is none, and reading it makes nothing', async () => {
    const missing = join(directory, 'missing');
    expect(await readEvents({}, missing)).toEqual([]);
    expect(existsSync(missing)).toBe(false);
  });

  it('refuses options that make no sense, at once', () => {
    expect(() => watch({ since: 'yesterday' })).toThrow(
      expect.objectContaining({ code: 'INVALID_DURATION' }),
    );
    expect(() => watch({ until: new Date('?') })).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });
});

describe('watching events', () => {
  it('begins with the call: nothing that comes later is missed, nothing earlier is told', async () => {
    tell('before');
    const events = watch();
    tell('a');
    expect(openBelow(directory)).toEqual([]); // it holds nothing yet
    expect(await next(events)).toBe('a');
    const b = next(events);
    await sleep(10);
    tell('b');
    expect(await b).toBe('b');
    await events.return?.();
  });

  it('begins with the call also where the journal is put aside before the iteration begins', async () => {
    fill('before');
    const events = watch();
    tell('a');
    rotateJournal(directory);
    tell('b');
    expect([await next(events), await next(events)]).toEqual(['a', 'b']);
    await events.return?.();
  });

  it('goes from what happened before to what happens, without a gap or a repetition', async () => {
    let count = 0;
    const telling = (async () => {
      for (; count < 2000; count += 1) {
        tell(`${count}`);
        if (count % 50 === 0) await sleep(1);
      }
    })();
    await sleep(5);
    const events = watch({ since: '1m' });
    for (let n = 0; n < 2000; n += 1) expect(await next(events)).toBe(`${n}`);
    await telling;
    await events.return?.();
  });

  it('makes the runtime directory where there is none', async () => {
    const missing = join(directory, 'missing');
    const events = containerEvents({}, missing);
    const event = next(events);
    await sleep(10);
    appendEvent(missing, { kind: 'create', id: 'a', name: 'a' });
    expect(await event).toBe('a');
    await events.return?.();
  });

  it('sees an event that comes in pieces once it is all there', async () => {
    const events = watch();
    const event = next(events);
    const bytes = encodeEvent({ kind: 'create', id: 'a', name: 'a' });
    for (let n = 0; n < bytes.length; n += 40) {
      appendFileSync(journal(), bytes.subarray(n, n + 40));
      await sleep(2);
    }
    expect(await event).toBe('a');
    await events.return?.();
  });

  it('loses nothing while the journal is put aside, also of a writer that still has the old one open', async () => {
    const events = watch();
    tell('a');
    expect(await next(events)).toBe('a');
    fill('x');
    rotateJournal(directory);
    tell('b');
    for (let n = 0; n < 6554; n += 1) expect(await next(events)).toBe('x');
    expect(await next(events)).toBe('b');
    const late = next(events);
    await sleep(10);
    appendFileSync(join(directory, '.events.1'), encodeEvent({ kind: 'create', id: 'late', name: 'late' }));
    expect(await late).toBe('late');
    await events.return?.();
  });

  it('ends when it is aborted, when it is told to, and when its time is over', async () => {
    const controller = new AbortController();
    const aborted = watch({ signal: controller.signal });
    const left = watch();
    const ends = [next(aborted), next(left), next(watch({ until: new Date(Date.now() + 50) }))];
    await sleep(10);
    controller.abort();
    await left.return?.();
    expect(await Promise.all(ends)).toEqual(['(the end)', '(the end)', '(the end)']);
  });

  it('sees every event of several processes that write and put aside at once', {
    timeout: 60_000,
  }, async () => {
    const script = join(directory, 'writer.mjs');
    const source = new URL('../../src/events/journal.ts', import.meta.url).href;
    writeFileSync(
      script,
      `import { appendEvent, rotateJournal } from ${JSON.stringify(source)};
       const [, , directory, name, count] = process.argv;
       for (let n = 0; n < Number(count); n += 1) {
         rotateJournal(directory);
         appendEvent(directory, { kind: 'update', id: name, name, value: n });
       }`,
    );
    const events = watch();
    const seen = new Map<string, number>();
    const reading = (async () => {
      for await (const { name } of events) seen.set(name, (seen.get(name) ?? 0) + 1);
    })();
    await sleep(10);
    const each = 5000;
    const writers = ['p', 'q', 'r'].map((name) =>
      spawn(
        process.execPath,
        ['--conditions=tc-source', '--no-warnings', script, directory, name, `${each}`],
        {
          stdio: 'inherit',
        },
      ),
    );
    await Promise.all(writers.map((writer) => once(writer, 'exit')));
    for (let turn = 0; turn < 500 && [...seen.values()].some((count) => count < each); turn += 1)
      await sleep(10);
    await events.return?.();
    await reading;
    expect(Object.fromEntries(seen)).toEqual({ p: each, q: each, r: each });
    expect(readFileSync(join(directory, '.events.1')).length).toBeGreaterThanOrEqual(2 ** 20);
  });
});
