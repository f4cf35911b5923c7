/** Finishes what a supervisor that was killed could not: for the holder of the container's lock, or of a claim. */
import { existsSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeContainerCgroup } from '../cgroups/remove.ts';
import { appendEvent } from '../events/journal.ts';
import { ifThere } from './files.ts';
import type { LaunchFile } from './launch-file.ts';
import { stateFiles } from './layout.ts';
import { readLaunch } from './state-directory.ts';

/** For a container that has no supervisor: whether one left something. */
export function isLost(stateDirectory: string): boolean {
  const files = [stateFiles.running, stateFiles.ended];
  return (
    files.some((name) => existsSync(join(stateDirectory, name))) || hasCgroups(readLaunch(stateDirectory))
  );
}

export function hasCgroups(launch: LaunchFile | undefined): boolean {
  return leftCgroups(launch).length > 0;
}

function leftCgroups(launch: LaunchFile | undefined): string[] {
  return launch?.cgroups.filter((directory) => existsSync(directory)) ?? [];
}

/**
 * The file `running` becomes `exited`, which tells that the run was lost: a pid in it may be somebody else's by now.
 * What is left in the cgroups is ended.
 * @throws TcError CGROUP_BUSY
 */
export async function settleLost(stateDirectory: string): Promise<void> {
  const pathOf = (name: keyof typeof stateFiles) => join(stateDirectory, stateFiles[name]);
  if (existsSync(pathOf('exited'))) rmSync(pathOf('ended'), { force: true }); // it came as far as that
  for (const name of ['running', 'ended'] as const) {
    const lost = ifThere(() => renameSync(pathOf(name), pathOf('exited')) ?? true);
    if (lost) tellOfLost(stateDirectory, 'exit');
  }
  const cgroups = leftCgroups(readLaunch(stateDirectory));
  if (cgroups.length > 0) await removeContainerCgroup(cgroups);
}

/** What the supervisor would have told. Nobody knows how the run ended. */
export function tellOfLost(stateDirectory: string, kind: 'exit' | 'remove'): void {
  const id = basename(stateDirectory);
  const name = readLaunch(stateDirectory)?.name ?? id;
  appendEvent(dirname(stateDirectory), { kind, id, name, value: -1 });
}
