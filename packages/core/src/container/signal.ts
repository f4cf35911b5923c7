/** Signals to a container's first process, from any process of its owner's. */
import { closeSync } from 'node:fs';
import { constants as os } from 'node:os';
import { join } from 'node:path';
import { pidfdOpen, pidfdSendSignal } from '@tc/linux';
import { freezeContainerCgroup } from '../cgroups/freeze.ts';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { writeOptional } from '../cgroups/tree.ts';
import { invalid } from '../run/invalid.ts';
import { isAlive } from '../state/alive.ts';
import { pinRunning } from '../state/pin-running.ts';
import { readRunning } from '../state/running-file.ts';
import { readLaunch } from '../state/state-directory.ts';

/** @throws TcError INVALID_OPTION */
export function signalNumber(signal: NodeJS.Signals | number): number {
  const number = typeof signal === 'number' ? signal : os.signals[signal];
  if (Number.isInteger(number) && number >= 1 && number <= 64) return number;
  return invalid(
    `${JSON.stringify(signal)} is not a signal`,
    'signal a container',
    'Give a name such as SIGTERM, or a number from 1 to 64: signal(7).',
  );
}

/** @returns false where it does not run */
export function sendSignal(stateDirectory: string, signal: number): boolean {
  const pidfd = pinRunning(stateDirectory, ({ pid }) => pidfdOpen(pid), closeSync);
  if (pidfd === undefined) return false;
  try {
    return pidfdSendSignal(pidfd, signal);
  } finally {
    closeSync(pidfd);
  }
}

/** A signal that is queued is acted upon only when the container goes on. */
export async function thaw(stateDirectory: string): Promise<void> {
  const cgroups = readLaunch(stateDirectory)?.cgroups ?? [];
  if (!isContainerCgroupFrozen(cgroups)) return;
  await freezeContainerCgroup(cgroups, false).catch((error: unknown) => {
    if (isAlive(stateDirectory) && readRunning(stateDirectory) !== undefined) throw error;
  });
}

/** With its first process the kernel ends all others of its PID namespace; cgroup.kill also what joined its cgroup alone. */
export async function killAll(stateDirectory: string): Promise<boolean> {
  const sent = sendSignal(stateDirectory, os.signals.SIGKILL);
  if (!sent) return false;
  for (const cgroup of readLaunch(stateDirectory)?.cgroups ?? []) {
    writeOptional(join(cgroup, 'cgroup.kill'), '1');
  }
  await thaw(stateDirectory);
  return true;
}
