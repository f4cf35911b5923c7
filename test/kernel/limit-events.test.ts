import { statSync } from 'node:fs';
import { release } from 'node:os';
import { describe, expect, it } from 'vitest';
import { eventsOf } from '../support/journal.ts';
import { box, runtimeDirectory, until, watchLeftovers } from '../support/kernel.ts';
import { cgroupMode, controller, type Need, requires, tool } from '../support/requires.ts';

watchLeftovers();

/** dd fills a buffer of this size before it writes it away. */
const take = (size: string) => `dd if=/dev/zero of=/dev/null bs=${size} count=1 2>/dev/null`;
const kindsOf = (id: string) => eventsOf(id).map(({ kind }) => kind);
const countsOf = (id: string, of: string) =>
  eventsOf(id).flatMap(({ kind, count }) => (kind === of ? [count] : []));

describe('the journal', () => {
  it('has the life of a run: made, started, ended and gone', async () => {
    const run = box('exit 3');
    const [pid] = await Promise.all([run.started, run]);
    const events = eventsOf(run.id);
    expect(events).toMatchObject([
      { kind: 'create', name: run.id },
      { kind: 'start', pid },
      { kind: 'exit', exitCode: 3 },
      { kind: 'remove' },
    ]);
    const times = events.map(({ time }) => time.getTime());
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(Math.abs(Date.now() - (times[0] ?? 0))).toBeLessThan(60_000);
  });

  it('has the signal that ended one', async () => {
    const run = box(['sleep', '1000']);
    await run.started;
    run.kill('SIGKILL');
    await run;
    expect(eventsOf(run.id).find(({ kind }) => kind === 'exit')).toMatchObject({ signal: 'SIGKILL' });
  });

  it('has nothing of one that never ran', async () => {
    const run = box(['/no/such/command']);
    const { id } = run;
    await run.catch(() => {});
    expect(eventsOf(id)).toEqual([]);
  });

  it('is whole, whoever writes to it at once', async () => {
    const runs = Array.from({ length: 24 }, () => box('true'));
    const ids = runs.map(({ id }) => id);
    await Promise.all(runs);
    for (const id of ids) expect(kindsOf(id)).toEqual(['create', 'start', 'exit', 'remove']);
  });

  it('is for its owner alone', async () => {
    expect(statSync(`${runtimeDirectory}/.events`).mode & 0o777).toBe(0o600);
  });
});

describe('a kill for memory', () => {
  it('is told while the container runs on', async (context) => {
    requires(context, controller('memory'));
    await using run = box(`${take('128M')}; exec sleep 1000`, { limits: { memory: '64m' } });
    await run.started;
    await until(() => kindsOf(run.id).includes('oom'), 'the kill is in the journal');
    expect(eventsOf(run.id)).toMatchObject([
      { kind: 'create' },
      { kind: 'start' },
      { kind: 'oom', count: 1 },
    ]);
  });

  it('is told once more for each', async (context) => {
    requires(context, controller('memory'));
    const run = box(`for n in 1 2 3; do ${take('128M')}; sleep 0.1; done`, { limits: { memory: '64m' } });
    await run;
    const counts = countsOf(run.id, 'oom');
    expect(counts.at(-1)).toBe(3); // several at once may be told together
    expect(counts).toEqual([...new Set(counts)].toSorted());
  });

  it('is told where it ends the container', async (context) => {
    requires(context, controller('memory'));
    for (let n = 0; n < 5; n += 1) {
      const run = box(`exec ${take('128M')}`, { limits: { memory: '64m' } });
      expect(await run).toMatchObject({ reason: 'oom' });
      expect(kindsOf(run.id)).toEqual(['create', 'start', 'oom', 'exit', 'remove']);
    }
  });

  it('is not told where there is none', async (context) => {
    requires(context, controller('memory'));
    const run = box(take('16M'), { limits: { memory: '64m' } });
    await run;
    expect(kindsOf(run.id)).toEqual(['create', 'start', 'exit', 'remove']);
  });
});

/** Since Linux 6.11 v1's pids.events tells nobody that it has changed: pids_event() in kernel/cgroup/pids.c. */
const pidsNotification: Need = () => {
  const [major = 0, minor = 0] = release().split('.').map(Number);
  if (cgroupMode === 'v2' || major < 6 || (major === 6 && minor < 11)) return undefined;
  return 'this kernel does not notify of changes of pids.events in cgroup v1';
};

describe('a fork beyond the limit', () => {
  it('is told while the container runs on', async (context) => {
    requires(context, controller('pids'), tool('perl'), pidsNotification);
    const forks = 'for (1 .. 3) { defined(my $pid = fork) or next; unless ($pid) { sleep 1000 } } sleep 1000';
    await using run = box(['perl', '-e', forks], { limits: { pids: 2 } });
    await run.started;
    await until(() => countsOf(run.id, 'pids-max').at(-1) === 2, 'both are in the journal');
    expect(kindsOf(run.id).slice(0, 2)).toEqual(['create', 'start']);
  });

  it('is told where the container ends at once', async (context) => {
    requires(context, controller('pids'), tool('perl'));
    for (let n = 0; n < 5; n += 1) {
      const run = box(['perl', '-e', 'fork; exit 4'], { limits: { pids: 1 } });
      expect(await run).toMatchObject({ exitCode: 4, pidsLimitHits: 1 });
      expect(eventsOf(run.id)).toMatchObject([
        { kind: 'create' },
        { kind: 'start' },
        { kind: 'pids-max', count: 1 },
        { kind: 'exit' },
        { kind: 'remove' },
      ]);
    }
  });

  it('of a fork bomb does not flood the journal nor keep the supervisor from its deadline', async (context) => {
    requires(context, controller('pids'), tool('perl'));
    const run = box(['perl', '-e', 'fork while 1'], { limits: { pids: 20 }, timeout: 500 });
    expect(await run).toMatchObject({ reason: 'timeout' });
    const counts = countsOf(run.id, 'pids-max');
    expect(counts.length).toBeGreaterThan(0);
    expect(counts).toEqual(counts.toSorted((a, b) => Number(a) - Number(b)));
    // Each of the first eight, and then every eighth part more.
    expect(counts.length).toBeLessThan(10 + Math.log(Number(counts.at(-1))) / Math.log(1.125));
  });
});
