/** `kill`, `pause`, `resume`, `ps`, `delete`: what is done to a container that was made. */

import { closeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import { pidfdOpen, pidfdSendSignal, TcError } from '@tc/linux';
import { freezeCgroups } from '../cgroups/freeze.ts';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { removeCgroups } from '../cgroups/remove.ts';
import { pidsIn, treeOf, until, writeOptional } from '../cgroups/tree.ts';
import { removeEmpty } from './cgroups.ts';
import { isAlive, type OciState, type OciStore, type SystemdScope } from './container-state.ts';
import { runLastHooks, stateForHooks } from './hooks.ts';

/** `15`, `TERM`, `SIGTERM`. @throws TcError INVALID_SIGNAL */
export function signalNumber(text: string): number {
  const number = /^\d+$/.test(text) ? Number(text) : os.signals[nameOf(text)];
  if (number !== undefined && number >= 1 && number <= 64) return number;
  throw new TcError(`unknown signal ${JSON.stringify(text)}`, {
    code: 'INVALID_SIGNAL',
    operation: 'send a signal',
    hint: 'Give a number, or a name as in signal(7).',
  });
}

function nameOf(text: string): NodeJS.Signals {
  const upper = text.toUpperCase();
  return (upper.startsWith('SIG') ? upper : `SIG${upper}`) as NodeJS.Signals;
}

/** @throws TcError CONTAINER_NOT_RUNNING */
export function killOci(store: OciStore, id: string, signal: number, all: boolean): void {
  const state = store.get(id);
  // Without cgroups nobody knows who all are; with the first of a PID namespace SIGKILL ends them.
  if (all && state.cgroups.directories.length > 0) sendToAll(state, signal);
  // Engines know this sentence: what has ended need not be killed.
  else if (!sendTo(state, signal)) throw notRunning(id, 'container not running');
  if (signal !== os.signals.SIGKILL) return;
  // In version 1 a signal waits until what is frozen goes on; without a PID namespace others stay.
  const { freezer } = state.cgroups.v1;
  if (freezer !== undefined) writeOptional(join(freezer, 'freezer.state'), 'THAWED');
}

function notRunning(id: string, problem: string): TcError {
  return new TcError(problem, { code: 'CONTAINER_NOT_RUNNING', operation: `find the processes of ${id}` });
}

/** Ends the container by its first process, with which those of its PID namespace go. */
export function killFirst(state: OciState): void {
  sendTo(state, os.signals.SIGKILL);
}

/** @returns false where it is gone */
function sendTo(state: OciState, signal: number): boolean {
  const pidfd = pidfdOpen(state.pid);
  if (pidfd === undefined) return false;
  try {
    return isAlive(state) && pidfdSendSignal(pidfd, signal);
  } finally {
    closeSync(pidfd);
  }
}

/** By descriptors, and only to those that are still in there once they are held: no other process is hit. */
function sendToAll(state: OciState, signal: number): void {
  const held = pidsOf(state).flatMap((pid) => {
    const pidfd = pid === 0 ? undefined : pidfdOpen(pid); // 0: in no PID namespace of ours
    return pidfd === undefined ? [] : [{ pid, pidfd }];
  });
  try {
    const still = new Set(pidsOf(state));
    for (const { pid, pidfd } of held) if (still.has(pid)) pidfdSendSignal(pidfd, signal);
  } finally {
    for (const { pidfd } of held) closeSync(pidfd);
  }
}

/** Its cgroup is gone: what is left is systemd's to forget. */
async function endScope(
  scope: SystemdScope,
  force: boolean,
  onWarning: (message: string) => void,
): Promise<void> {
  const { stopScope } = await import('./systemd/placement.ts');
  try {
    await stopScope(scope);
  } catch (error) {
    if (!force) throw error;
    onWarning((error as Error).message);
  }
}

/** All processes in its cgroups. */
export function pidsOf({ cgroups }: OciState): number[] {
  const pids = cgroups.directories.flatMap(treeOf).flatMap(pidsIn);
  return [...new Set(pids)].sort((a, b) => a - b);
}

/** @throws TcError CONTAINER_NOT_RUNNING, FREEZE_UNSUPPORTED, FREEZE_TIMEOUT */
export async function pauseOci(store: OciStore, id: string, frozen: boolean): Promise<void> {
  const state = store.get(id);
  const status = store.statusOf(state);
  if (status === 'stopped')
    throw notRunning(id, `cannot ${frozen ? 'pause' : 'resume'}: container not running`);
  const { directories } = state.cgroups;
  if (!frozen && !isContainerCgroupFrozen(directories)) throw notRunning(id, 'container not paused');
  await freezeCgroups(directories, frozen);
}

/**
 * Removes what has ended; with `force` whatever it does, and no container at all is as good as a removed one.
 * @param onWarning told of a poststop hook that fails: it is removed all the same (runtime.md, "Lifecycle")
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_RUNNING, CGROUP_BUSY
 */
export async function deleteOci(
  store: OciStore,
  id: string,
  force: boolean,
  onWarning: (message: string) => void = () => {},
): Promise<void> {
  const state = force ? store.find(id) : store.get(id);
  if (state === undefined) {
    store.remove(id); // of one that died while it was made
    return;
  }
  const status = store.statusOf(state);
  if (status !== 'stopped') {
    if (!force && status !== 'created') {
      const hint = 'Kill it first, or use --force.';
      throw new TcError(`cannot delete container ${id} that is not stopped: ${status}`, {
        ...{ code: 'CONTAINER_RUNNING', operation: 'delete the container', hint },
      });
    }
    sendTo(state, os.signals.SIGKILL);
  }
  await removeCgroups(state.cgroups.directories);
  removeEmpty(state.madeAbove);
  if (state.scope !== undefined) await endScope(state.scope, force, onWarning);
  await until(() => !isAlive(state), 10_000);
  store.remove(id);
  runLastHooks('poststop', state.hooks.poststop, stateForHooks(state, 'stopped', 0), onWarning);
}
