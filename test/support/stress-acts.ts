/** The acts of the stress test: each on one container, with an answer that can be written down. */
import { Container, type ContainerInfo, cleanUpAbandoned, type LimitUpdate } from '@tc/core';
import type { Act, ContainerPlan, StressSetting } from './stress-plan.ts';
import { nameOf } from './stress-plan.ts';
import type { Random } from './stress-random.ts';

export interface Target {
  readonly plan: ContainerPlan;
  readonly container: Container;
}

/** An act that is ready to be carried out. */
export interface Deed {
  readonly act: Act;
  readonly args?: unknown;
  carryOut(): Promise<unknown>;
}

/** What is kept of an `inspect()`; `stress-rules.ts` checks it. */
export function summary(info: ContainerInfo): object {
  const { id, name, state, pid, exit, cgroups, detached, tty, ephemeral, startedAt } = info;
  return {
    id,
    name,
    n: Number(info.labels['stress'] ?? Number.NaN),
    state,
    pid,
    startedAt: startedAt?.getTime(),
    cgroups: cgroups.length,
    detached,
    tty,
    ephemeral,
    pidsLimit: info.limits.pids,
    ...(exit && { exit }),
  };
}

let renames = 0;

/** An act on one container, with arguments by chance. */
export function deedOn(
  { plan, container }: Target,
  act: Exclude<Act, 'create'>,
  setting: StressSetting,
  random: Random,
): Deed {
  const deed = (carryOut: () => Promise<unknown>, args?: unknown): Deed => ({ act, carryOut, args });
  const patience = (milliseconds: number) => AbortSignal.timeout(Math.ceil(milliseconds * setting.slowness));
  switch (act) {
    case 'start': {
      const attach = plan.options.tty === true && random.chance(0.5);
      return deed(() => start(container, attach), attach ? { attach } : undefined);
    }
    case 'exec': {
      const tty = random.chance(0.2);
      return deed(
        async () => {
          const command = ['sh', '-c', 'echo $STRESS; true'];
          const result = await container.exec(command, { tty, signal: patience(6000) });
          const { exitCode, signal, reason, stdout, stderr } = result;
          return { exitCode, signal, reason, stdout: stdout.trim(), stderr };
        },
        tty ? { tty } : undefined,
      );
    }
    case 'update': {
      const limits = randomLimits(plan, random);
      return deed(() => container.update(limits), limits);
    }
    case 'rename': {
      renames += 1;
      const name = `${nameOf(setting, plan.n)}.${process.pid}.${renames}`;
      return deed(() => container.rename(name), name);
    }
    case 'renameToSame': {
      const name = `${setting.prefix}wanted`;
      return deed(() => container.rename(name), name);
    }
    case 'wait':
      return deed(async () => container.wait({ signal: patience(random.next() * 200) }));
    case 'logs':
      return deed(() => someLines(container));
    case 'list':
      return deed(async () => (await Container.list()).map(summary));
    case 'inspect':
      return deed(async () => summary(await container.inspect()));
    case 'stats':
      return deed(async () => ({ pids: (await container.stats()).pids }));
    case 'remove':
      return deed(() => container.remove({ force: true }));
    case 'removeUnforced':
      return deed(() => container.remove());
    case 'prune':
      return deed(() => Container.prune());
    case 'cleanUp':
      return deed(() => cleanUpAbandoned());
    default: // stop, kill, pause, resume
      return deed(() => container[act]());
  }
}

/** Attached to its terminal, it reads a little, and detaches or lets go at the end. */
async function start(container: Container, attach: boolean): Promise<void> {
  if (!attach) return container.start();
  const terminal = await container.start({ attach: true });
  terminal.on('error', () => {});
  terminal.resume();
  setTimeout(() => terminal.detach(), 20);
}

/** Only what it was started with: a limit that its cgroups lack can't be changed while it runs. */
function randomLimits({ options: { limits = {} } }: ContainerPlan, random: Random): LimitUpdate {
  const pids = 15 + Math.floor(random.next() * 20);
  const memory = `${random.pick([40, 56, 80])}m`;
  return {
    ...(limits.pids !== undefined && { pids }),
    ...(limits.memory !== undefined && { memory }),
    ...(limits.cpus !== undefined && { cpus: random.pick([0.5, 1, 2]) }),
  };
}

async function someLines(container: Container): Promise<string[]> {
  const lines: string[] = [];
  for await (const { line } of container.logs({ tail: 3 })) lines.push(line.trim());
  return lines;
}
