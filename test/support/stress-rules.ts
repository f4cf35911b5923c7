/**
 * What the stress test takes for right. Several processes act at once, so that most acts may be refused; but each
 * refusal needs a reason that somebody has given before it, and there are states that are never right.
 */
import type { ContainerExit } from '@tc/core';
import type { Entry } from './stress-history.ts';
import { type ContainerPlan, planContainer, type StressSetting } from './stress-plan.ts';

export interface Wrong {
  readonly n: number;
  readonly at: number;
  readonly problem: string;
}

/** What had begun, or been answered, when an act was answered. */
interface Causes {
  starts: number;
  /** When somebody was told that it runs, by id: there may be another container of the same number later. */
  readonly runsSince: Map<string, number>;
  pauses: number;
  removals: number;
  readonly pids: Map<string, number>;
  /** Starts, by id, that have begun and not ended: for ever, where the process was killed. */
  readonly starting: Map<string, number>;
}

/** Every answer is judged in the order in which they came. */
export function findWrong(entries: readonly Entry[], setting: StressSetting): Wrong[] {
  const plans = Array.from({ length: setting.containers }, (_, n) => planContainer(setting, n));
  const causes = plans.map(
    (): Causes => ({
      starts: 0,
      pauses: 0,
      removals: 0,
      runsSince: new Map(),
      pids: new Map(),
      starting: new Map(),
    }),
  );
  let prunes = 0;
  const wrong: Wrong[] = [];
  for (const entry of entries) {
    const { n, act, answer } = entry;
    if (act === 'prune') prunes += 1;
    const cause = causes[n];
    const plan = plans[n];
    if (cause !== undefined) noteStarting(cause, entry);
    if (cause !== undefined && answer === undefined) noteBegin(cause, act);
    if (answer === undefined) continue;
    const tell = (problem: string) => wrong.push({ n, at: entry.at, problem: `${act}: ${problem}` });
    if (plan === undefined || cause === undefined) {
      judgeAll(entry, plans, causes, wrong);
      continue;
    }
    const before = { ...cause, removals: cause.removals + (plan.survives === 'no' ? prunes : 0) };
    if (answer.code !== 'ok') {
      if (!mayRefuse(answer.code, entry, plan, before)) tell(`${answer.code}: ${answer.message}`);
    } else {
      if (act === 'start') noteStart(cause, entry);
      judgeValue(entry, plan, cause, tell);
    }
  }
  return wrong;
}

function noteBegin(cause: Causes, act: string): void {
  if (act === 'start') cause.starts += 1;
  if (act === 'pause') cause.pauses += 1;
  if (act.startsWith('remove')) cause.removals += 1;
}

function noteStarting({ starting }: Causes, { act, id = '', answer }: Entry): void {
  if (act === 'start') starting.set(id, (starting.get(id) ?? 0) + (answer === undefined ? 1 : -1));
}

function noteStart({ runsSince }: Causes, { id = '', at }: Entry): void {
  if (!runsSince.has(id)) runsSince.set(id, at);
}

/** Somebody had been told that it runs before this act began. */
function hadStarted({ runsSince }: Causes, id: string | undefined, { began = 0 }: Entry): boolean {
  return (runsSince.get(id ?? '') ?? Number.POSITIVE_INFINITY) < began;
}

const needRun = new Set(['exec', 'pause', 'resume', 'stats', 'kill']);

function mayRefuse(code: string, entry: Entry, { survives, options }: ContainerPlan, cause: Causes): boolean {
  const { act, id } = entry;
  switch (code) {
    case 'CONTAINER_NOT_FOUND':
      return cause.removals > 0 || (options.autoRemove === true && cause.starts > 0);
    case 'CONTAINER_NOT_RUNNING':
      return needRun.has(act) && !(survives === 'running' && hadStarted(cause, id, entry));
    case 'CONTAINER_RUNNING':
      if (act === 'start') return cause.starts > 1 || options.restart !== undefined;
      if (act.startsWith('rename')) return options.autoRemove === true && cause.starts > 0;
      return act === 'removeUnforced' && cause.starts > 0;
    case 'CONTAINER_PAUSED':
      return act === 'exec' && cause.pauses > 0;
    case 'CONTAINER_EXISTS':
      return act === 'renameToSame';
    case 'ABORTED':
      // Paused between the look whether it is and the join, an exec stands still with it.
      return act === 'wait' || (act === 'exec' && cause.pauses > 0);
    default:
      return false;
  }
}

type Tell = (problem: string) => void;

function judgeValue(entry: Entry, plan: ContainerPlan, cause: Causes, tell: Tell): void {
  const value = entry.answer?.value;
  if (entry.act === 'exec') judgeExec(value as Executed, plan, cause, tell);
  if (entry.act === 'inspect') judgeInfo(value as Info, { plan, cause, entry }, tell);
  if (entry.act === 'wait') judgeExit(value as ContainerExit, plan, tell);
  if (entry.act === 'logs') {
    const others = (value as string[]).filter((line) => line !== `hello ${plan.n}`);
    if (others.length > 0) tell(`it never wrote ${JSON.stringify(others)}`);
  }
}

interface Executed {
  readonly exitCode: number | null;
  readonly signal?: string;
  readonly reason: string;
  readonly stdout: string;
}

function judgeExec(result: Executed, { n, survives }: ContainerPlan, { pauses }: Causes, tell: Tell): void {
  const { exitCode, signal, reason, stdout } = result;
  if (exitCode === 0 && stdout === String(n)) return;
  if (signal === 'SIGKILL' && reason === 'signal' && survives === 'no') return; // with the container
  if (reason === 'aborted' && pauses > 0) return;
  tell(JSON.stringify(result));
}

/** What `summary()` made of an `inspect()`. */
export interface Info {
  readonly id: string;
  readonly name: string;
  readonly n: number;
  readonly state: string;
  readonly pid?: number;
  readonly startedAt?: number;
  readonly cgroups: number;
  readonly detached: boolean;
  readonly tty: boolean;
  readonly ephemeral: boolean;
  readonly exit?: ContainerExit;
}

function judgeInfo(
  info: Info,
  { plan, cause, entry }: { plan: ContainerPlan; cause: Causes; entry: Entry },
  tell: Tell,
): void {
  const { state, pid, startedAt, exit, cgroups, detached, tty, ephemeral } = info;
  const problem = (text: string) => tell(`${text} in ${JSON.stringify(info)}`);
  const runs = state === 'running' || state === 'paused';
  const { options, survives } = plan;
  if (!runs && state !== 'created' && state !== 'exited') problem('no such state');
  if (runs !== (pid !== undefined && pid > 1)) problem('the pid is wrong');
  if (runs !== cgroups > 0) problem('the cgroups are wrong');
  if ((state === 'exited') !== (exit !== undefined)) problem('the exit is wrong');
  if (runs && startedAt === undefined) problem('it was never started');
  if (state === 'created' && startedAt !== undefined) problem('it was started');
  if (state === 'created' && hadStarted(cause, info.id, entry)) problem('it has been started');
  if (state === 'paused' && cause.pauses === 0) problem('nobody paused it');
  if (runs && cause.starts === 0) problem('nobody started it');
  if (detached !== (options.detached ?? false) || tty !== (options.tty ?? false) || ephemeral)
    problem('that is another container');
  if (survives === 'created' && state !== 'created') problem('nobody started it');
  if (survives === 'running' && hadStarted(cause, info.id, entry) && !runs) problem('nobody ended it');
  if (survives === 'running' && pid !== undefined) {
    const before = cause.pids.get(info.id) ?? pid;
    cause.pids.set(info.id, before);
    if (before !== pid) problem(`its pid was ${before}`);
  }
  if (exit !== undefined) judgeExit(exit, plan, tell);
}

/** Nobody kills supervisors here, so no run is ever lost. */
function judgeExit(exit: ContainerExit, { brief, options, survives }: ContainerPlan, tell: Tell): void {
  const { reason, exitCode, signal } = exit;
  const killed = signal === 'SIGKILL' || (options.init === true && (exitCode === 137 || exitCode === 143));
  const right =
    survives === 'no' &&
    exit.startedAt !== undefined &&
    exit.finishedAt !== undefined &&
    ((reason === 'exit' && brief && exitCode === 7) ||
      ((reason === 'signal' || reason === 'exit') && killed) ||
      (reason === 'aborted' && killed && !options.detached));
  if (!right) tell(`that is no end for it: ${JSON.stringify(exit)}`);
}

/** Of what removes itself nothing stays where a process was killed while it started it. */
function mayBeAbandoned(id: string, plans: readonly ContainerPlan[], causes: readonly Causes[]): boolean {
  return causes.some(({ starting }, n) => plans[n]?.options.autoRemove && (starting.get(id) ?? 0) > 0);
}

/** An answer that is about all containers. */
function judgeAll(
  entry: Entry,
  plans: readonly ContainerPlan[],
  causes: readonly Causes[],
  wrong: Wrong[],
): void {
  const { act, answer, at } = entry;
  if (answer?.code !== 'ok') {
    wrong.push({ n: -1, at, problem: `${act}: ${answer?.code}: ${answer?.message}` });
  } else if (act === 'cleanUp') {
    const wronged = (answer.value as string[]).filter((id) => !mayBeAbandoned(id, plans, causes));
    if (wronged.length > 0)
      wrong.push({ n: -1, at, problem: `cleanUp: nobody had abandoned ${JSON.stringify(wronged)}` });
  } else if (act === 'list') {
    for (const info of answer.value as Info[]) {
      const [plan, cause] = [plans[info.n], causes[info.n]];
      const tell = (problem: string) => wrong.push({ n: info.n, at, problem: `list: ${problem}` });
      if (plan !== undefined && cause !== undefined) judgeInfo(info, { plan, cause, entry }, tell);
      else tell(`whose is ${JSON.stringify(info)}?`);
    }
  }
}
