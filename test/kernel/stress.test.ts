import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, type ContainerEvent, cleanUpAbandoned } from '@tc/core';
import { describe, expect, it } from 'vitest';
import { directory, prefix, runtimeDirectory, until, watchLeftovers } from '../support/kernel.ts';
import { cgroupMountPoints, processes, traces } from '../support/leftovers.ts';
import { hostRoot } from '../support/rootfs.ts';
import { scaled, slowness } from '../support/scale.ts';
import { summary } from '../support/stress-acts.ts';
import { judgeEvents } from '../support/stress-events.ts';
import {
  describeHistory,
  type Entry,
  HistoryFile,
  monotonicMs,
  readHistory,
} from '../support/stress-history.ts';
import { planContainer, type StressSetting } from '../support/stress-plan.ts';
import { StressProcesses } from '../support/stress-processes.ts';
import { findWrong, type Wrong } from '../support/stress-rules.ts';

watchLeftovers();

const setting: StressSetting = {
  seed: Number(process.env['STRESS_SEED'] ?? Math.floor(Math.random() * 1e6)),
  containers: Number(process.env['STRESS_CONTAINERS'] ?? (slowness > 1 ? 24 : 500)),
  processes: 4,
  lanes: 4,
  rootfs: hostRoot,
  historyPath: join(directory, 'history'),
  prefix: `${prefix}s`,
  sleepSeconds: `98765.${process.pid}`,
  slowness,
};
const plans = Array.from({ length: setting.containers }, (_, n) => planContainer(setting, n));
const survivors = plans.filter(({ survives }) => survives !== 'no');

/** What was wrong, with all that happened to the container in question. */
function explain(wrong: readonly Wrong[], entries: readonly Entry[]): string {
  const kinds = Map.groupBy(wrong, ({ problem }) =>
    problem.replaceAll(/[\d.]+|[0-9a-f]{12}/g, '').slice(0, 40),
  );
  const firsts = [...kinds.values()].flatMap(([first]) => first ?? []);
  const shown = firsts.slice(0, 5).map(({ n, problem }) => {
    const history = n < 0 ? '' : `\n${describeHistory(entries, n)}`;
    return `container ${n}: ${problem}${history}`;
  });
  return [`STRESS_SEED=${setting.seed}: ${wrong.length} wrong`, ...shown].join('\n\n');
}

/** Looks at all of them, again and again, as an operator would. */
async function lookOn(over: AbortSignal): Promise<void> {
  using history = new HistoryFile(setting.historyPath, 'looker');
  while (!over.aborted) {
    history.add({ n: -1, act: 'list' });
    const began = monotonicMs();
    const answer = await Container.list().then(
      (infos) => ({ code: 'ok', value: infos.map(summary) }),
      (error: Error) => ({ code: error.name, message: error.stack }),
    );
    history.add({ n: -1, act: 'list', began, answer });
    await sleep(scaled(30));
  }
}

async function collectEvents(into: ContainerEvent[], signal: AbortSignal): Promise<void> {
  for await (const event of Container.events({ signal })) into.push(event);
}

/** How often each act was done, and how often each refusal was the answer. */
function tally(entries: readonly Entry[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { act, answer } of entries) {
    if (answer === undefined) continue;
    const key = answer.code === 'ok' ? act : `${act} ${answer.code}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

const title = `${setting.containers} containers, made, used and removed by ${setting.processes} processes that are killed at random`;

describe(title, () => {
  const minutes = 60_000 * Math.min(slowness, 4);

  it('never are what they can’t be, and leave nothing behind', { timeout: 10 * minutes }, async () => {
    console.log(`STRESS_SEED=${setting.seed}`);
    rmSync(setting.historyPath, { force: true }); // of the try before
    const start = performance.now();
    const events: ContainerEvent[] = [];
    const over = new AbortController();
    const watching = collectEvents(events, over.signal).catch(() => {});
    const looking = lookOn(over.signal);
    const work = new StressProcesses(setting);
    await using _ = { [Symbol.asyncDispose]: removeAll };
    try {
      await work.work();
    } finally {
      await sleep(scaled(100)); // the last events
      over.abort();
      await Promise.all([watching, looking]);
    }
    const seconds = (performance.now() - start) / 1000;
    const entries = readHistory(setting.historyPath);
    const counts = tally(entries);
    const acts = entries.filter(({ answer }) => answer !== undefined).length;
    console.log(`${acts} acts in ${seconds.toFixed(0)} s, ${work.kills} processes killed`);
    console.log(
      [...counts]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map((pair) => pair.join(' '))
        .join(', '),
    );
    const keep = process.env['STRESS_KEEP'];
    if (keep !== undefined) writeFileSync(keep, readFileSync(setting.historyPath));

    const wrong = [...findWrong(entries, setting), ...judgeEvents(events, entries, plans)];
    if (wrong.length > 0) expect.unreachable(explain(wrong, entries));
    for (const act of ['create', 'start', 'exec', 'pause', 'resume', 'update', 'rename']) {
      expect(counts.get(act) ?? 0, `${act} hardly ever succeeds`).toBeGreaterThan(setting.containers / 2);
    }
    expect(work.kills).toBeGreaterThan(1);

    expect(await cleanUpAbandoned()).toEqual([]);
    await checkSurvivors(entries);
    await removeSurvivors(entries);
    await checkNothingLeft(entries);
  });
});

const idsOf = (entries: readonly Entry[]): Set<string> => new Set(entries.flatMap(({ id }) => id ?? []));

/** What is told of a container is what the kernel has. */
async function checkSurvivors(entries: readonly Entry[]): Promise<void> {
  const infos = await Container.list();
  const told = (n: number) => describeHistory(entries, n);
  expect(
    infos.map(({ labels }) => Number(labels['stress'])).toSorted((a, b) => a - b),
    'what is left',
  ).toEqual(survivors.map(({ n }) => n));
  for (const info of infos) {
    const n = Number(info.labels['stress']);
    const container = await Container.get(info.name);
    expect(container.id, told(n)).toBe(info.id);
    const supervisors = named('tctl-shim', info.id);
    if (plans[n]?.survives === 'created') {
      expect(info.state, told(n)).toBe('created');
      expect(supervisors, told(n)).toEqual([]);
      continue;
    }
    expect(info.state, told(n)).toMatch(/^(running|paused)$/);
    expect(supervisors, told(n)).toHaveLength(1);
    const first = processes().find(({ pid }) => pid === info.pid);
    expect(first?.parent, told(n)).toBe(supervisors[0]);
    if (plans[n]?.options.init !== true) {
      expect(readFileSync(`/proc/${info.pid}/environ`, 'utf8'), told(n)).toContain(`STRESS=${n}\0`);
    }
    expect(readFileSync(`/proc/${info.pid}/cgroup`, 'utf8'), told(n)).toContain(`/tctl-${info.id}`);
    expect(info.state === 'paused', told(n)).toBe(isFrozen(info.cgroups));
    await container.resume();
    const { exitCode, stdout } = await container.exec(['sh', '-c', 'echo $STRESS']);
    expect({ exitCode, stdout: stdout.trim() }, told(n)).toEqual({ exitCode: 0, stdout: String(n) });
    await until(() => named('tctl-exec', info.id).length === 0, `no command runs in it:\n${told(n)}`);
  }
}

/** Of a command that was about to start when the container was paused the supervisor, `tctl-exec`, still waits. */
function named(name: string, id: string): number[] {
  return processes()
    .filter((each) => each.name === name && each.command[1] === id)
    .map(({ pid }) => pid);
}

function isFrozen(cgroups: readonly string[]): boolean {
  const has = (file: string, text: string) =>
    cgroups.some((path) => {
      try {
        return readFileSync(join(path, file), 'utf8').includes(text);
      } catch {
        return false;
      }
    });
  return has('cgroup.events', 'frozen 1') || has('freezer.state', 'FROZEN');
}

async function removeSurvivors(entries: readonly Entry[]): Promise<void> {
  const killed: string[] = [];
  for (const [index, { id, labels, state }] of (await Container.list()).entries()) {
    const container = await Container.get(id);
    const n = Number(labels['stress']);
    if (state === 'created' || index % 2 === 0) {
      await container.remove({ force: true });
      continue;
    }
    await container.kill();
    expect(await container.wait(), describeHistory(entries, n)).toMatchObject({
      signal: 'SIGKILL',
      reason: 'signal',
    });
    expect(await container.inspect()).toMatchObject({ state: 'exited', pid: undefined, cgroups: [] });
    killed.push(id);
  }
  expect((await Container.prune()).toSorted()).toEqual(killed.toSorted());
  expect(await Container.list()).toEqual([]);
}

/** Whatever has failed, nothing of it stays. */
async function removeAll(): Promise<void> {
  for (const { id } of await Container.list()) {
    const container = await Container.get(id).catch(() => undefined);
    await container?.remove({ force: true }).catch(() => {});
  }
  for (const { pid, command } of processes()) {
    if (command.includes(setting.sleepSeconds)) process.kill(pid, 'SIGKILL');
  }
}

/** Neither state, names, data, cgroups, mounts, processes nor descriptors. */
async function checkNothingLeft(entries: readonly Entry[]): Promise<void> {
  expect(await cleanUpAbandoned()).toEqual([]);
  const ids = [...idsOf(entries)];
  const left = () => {
    const ofOurs = [...traces(runtimeDirectory)].filter(
      (line) => line.includes(directory) || ids.some((id) => line.includes(id)),
    );
    const asleep = processes().filter(({ command }) => command.includes(setting.sleepSeconds));
    return [...ofOurs, ...asleep.map(({ pid, command }) => `process ${pid} ${command.join(' ')}`)];
  };
  await until(() => left().length === 0, 'nothing is left', scaled(500)).catch(() => {
    const wrong = left().map((line) => {
      const id = ids.find((each) => line.includes(each));
      const n = entries.find((entry) => entry.id === id)?.n ?? -1;
      return { n: id === undefined ? -1 : n, at: 0, problem: `left behind: ${line}` };
    });
    if (wrong.length > 0) expect.unreachable(explain(wrong, entries));
  });
  const kept = entries.filter(({ act }) => act === 'finished').flatMap(({ args }) => args as string[]);
  const ours = kept.filter((path) => path.includes(directory) || /pidfd|memfd|pts|ptmx/.test(path));
  expect(ours, 'descriptors that a process has kept').toEqual([]);
  expect(cgroupMountPoints().length).toBeGreaterThan(0);
}
