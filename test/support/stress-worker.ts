/**
 * One of the processes of the stress test. It leads the lives of its share of the containers, several at once, acts on
 * those of the others in between, and goes on where one that was killed before has stopped. Takes two arguments: its
 * name, and a `StressSetting` as JSON.
 */
import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Container, cleanUpAbandoned } from '@tc/core';
import { type Deed, deedOn, type Target } from './stress-acts.ts';
import { type Answer, type Entry, HistoryFile, monotonicMs, readHistory } from './stress-history.ts';
import { type Act, type ContainerPlan, planContainer, type StressSetting } from './stress-plan.ts';
import { type Random, seededRandom } from './stress-random.ts';

const by = process.argv[2] ?? '';
const setting: StressSetting = JSON.parse(process.argv[3] ?? '');
const [worker = 0, incarnation = 0] = by.split('.').map(Number);
/** Longer than anything takes that does not hang. */
const patienceMs = 20_000 * setting.slowness;

const past = readHistory(setting.historyPath);
using history = new HistoryFile(setting.historyPath, by);

const plans = Array.from({ length: setting.containers }, (_, n) => planContainer(setting, n));
const over = new Set(past.filter(({ act }) => act === 'done').map(({ n }) => n));
const todo = plans.filter(({ n }) => n % setting.processes === worker && !over.has(n));

/** Not on survivors, which are to be there at the end. */
const guestActs: readonly [Act, ...Act[]] = [
  ...repeated(3, 'inspect', 'exec', 'resume'),
  ...repeated(2, 'pause', 'update', 'start', 'list'),
  ...repeated(1, 'rename', 'renameToSame', 'stop', 'kill', 'wait', 'stats', 'logs', 'cleanUp'),
  'remove',
  'removeUnforced',
];
const gentleActs: readonly [Act, ...Act[]] = [
  'pause',
  ...repeated(2, 'resume', 'exec', 'inspect'),
  ...repeated(1, 'update', 'rename', 'renameToSame', 'wait', 'stats', 'logs'),
];

await carryOut(-1, { act: 'cleanUp', carryOut: () => cleanUpAbandoned() });
await Promise.all(Array.from({ length: setting.lanes }, leadLives));
await sleep(200 * setting.slowness); // what Node.js closes in later turns of its event loop
history.add({ n: -1, act: 'finished', args: descriptors() });
process.exit(0);

async function leadLives(): Promise<void> {
  for (let plan = todo.shift(); plan !== undefined; plan = todo.shift()) await leadLife(plan);
}

async function leadLife(plan: ContainerPlan): Promise<void> {
  const random = seededRandom(setting.seed, plan.n, incarnation, 2);
  const own = past.filter(({ n }) => n === plan.n);
  // What was under way when the one before was killed is done again.
  let step = Math.max(0, ...own.map((entry) => entry.step ?? 0));
  let container = await found(plan, own);
  if (container === undefined && step > 0 && plan.steps[step] !== 'create') return end(plan); // somebody removed it
  for (; step < plan.steps.length; step += 1) {
    const act = plan.steps[step] ?? 'inspect';
    if (act === 'create') container ??= await create(plan);
    else if (container !== undefined) {
      const deed = deedOn({ plan, container }, act, setting, random);
      if (act === 'list') await carryOut(-1, deed);
      else await carryOut(plan.n, deed, container.id, step);
    }
    if (random.chance(0.7)) await visit(random);
  }
  end(plan);
}

function end({ n }: ContainerPlan): void {
  history.add({ n, act: 'done' });
}

/** By its label: its name may be another by now, and there may have been one before it. */
async function found({ n }: ContainerPlan, own: readonly Entry[]): Promise<Container | undefined> {
  if (own.length === 0) return undefined;
  const info = (await Container.list()).find(({ labels }) => labels['stress'] === String(n));
  return info === undefined ? undefined : get(info.id);
}

async function get(id: string): Promise<Container | undefined> {
  try {
    return await Container.get(id);
  } catch (error) {
    if ((error as { code?: unknown }).code === 'CONTAINER_NOT_FOUND') return undefined;
    throw error;
  }
}

async function create(plan: ContainerPlan): Promise<Container | undefined> {
  let made: Container | undefined;
  const make = async () => {
    made = await Container.create(plan.options);
    history.add({ n: plan.n, act: 'created', id: made.id });
  };
  await carryOut(plan.n, { act: 'create', carryOut: make }, undefined, 0);
  return made;
}

function repeated(times: number, ...acts: [Act, ...Act[]]): [Act, ...Act[]] {
  return Array.from({ length: times }, () => acts).flat() as [Act, ...Act[]];
}

/** An act on somebody else's container. */
async function visit(random: Random): Promise<void> {
  const infos = await Container.list();
  const [info] = random.shuffled(infos);
  const plan = plans[Number(info?.labels['stress'])];
  if (info === undefined || plan === undefined) return;
  const container = await get(random.chance(0.5) ? info.id : info.name);
  if (container === undefined || container.id !== info.id) return;
  const target: Target = { plan, container };
  const acts = plan.survives === 'no' ? guestActs : gentleActs;
  let act = random.pick(acts);
  if (random.chance(0.01)) act = 'prune';
  if (act === 'create') return;
  const deed = deedOn(target, act, setting, random);
  const about = act === 'prune' || act === 'cleanUp' || act === 'list' ? -1 : plan.n;
  await carryOut(about, deed, about === -1 ? undefined : info.id);
}

async function carryOut(n: number, { act, args, carryOut }: Deed, id?: string, step?: number): Promise<void> {
  const entry = { n, act, args, id, step };
  history.add(entry);
  const began = monotonicMs();
  const timer = new AbortController();
  const late = sleep(patienceMs, { code: 'TOO_LONG' }, { signal: timer.signal });
  late.catch(() => {});
  const acting: Promise<Answer> = carryOut().then((value) => ({ code: 'ok', value }), refusal);
  const answer: Answer = await Promise.race([acting, late]);
  timer.abort();
  history.add({ ...entry, began, answer: { ...answer, ms: Math.round(monotonicMs() - began) } });
}

function refusal(error: Error & { code?: unknown; operation?: unknown }): Answer {
  const known = typeof error.code === 'string';
  return { code: known ? String(error.code) : error.name, message: known ? error.message : error.stack };
}

/** What this process has open of containers. */
function descriptors(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return /pidfd|memfd|pts|ptmx|inotify|\/run\/|\/data\/|socket|cgroup/.test(target) ? [target] : [];
    } catch {
      return [];
    }
  });
}
