/**
 * Removes what a supervisor left that was itself killed. Each supervisor holds a lock on its state directory, which
 * the kernel drops when it dies, whatever the reason: no pid is compared, so none can be mistaken.
 */
import { closeSync, constants, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { flock, miscConstants, readCgroupHost } from '@tc/linux';
import { findContainerCgroups } from '../cgroups/list.ts';
import { removeContainerCgroup } from '../cgroups/remove.ts';
import { runtimeDirectory } from './runtime-directory.ts';

const { LOCK_EX, LOCK_NB } = miscConstants;

/**
 * Ends what still runs in abandoned containers and removes their cgroups and state directories. Containers that
 * have an owner are not touched, and neither is anything of another runtime directory.
 * @returns the ids of the containers that were removed.
 * @throws TcError CGROUP_BUSY where a process could not be killed; SyscallError.
 */
export async function cleanUpAbandoned(directory = runtimeDirectory()): Promise<string[]> {
  const abandoned = await claimAbandoned(directory);
  if (abandoned.length === 0) return [];
  const cgroups = findContainerCgroups(readCgroupHost(), new Set(abandoned.map(({ id }) => id)));
  for (const { id, fd } of abandoned) {
    try {
      await removeContainerCgroup(cgroups.get(id) ?? []);
      rmSync(join(directory, id), { recursive: true, force: true });
    } finally {
      closeSync(fd);
    }
  }
  return abandoned.map(({ id }) => id);
}

/** Finds the state directories that nobody has locked, and locks them. */
async function claimAbandoned(directory: string): Promise<{ id: string; fd: number }[]> {
  const names = listDirectories(directory);
  if (names.length === 0) return [];
  const lock = openSync(join(directory, 'lock'), constants.O_RDONLY | constants.O_CREAT, 0o600);
  try {
    // A supervisor that is starting holds it shared between making its directory and locking that. It takes
    // microseconds, so this waits in turns instead of blocking the event loop.
    for (let turn = 0; !flock(lock, LOCK_EX | LOCK_NB); turn += 1) {
      if (turn === 1000) return [];
      await sleep(2);
    }
    return names.flatMap((id) => {
      const fd = openDirectory(join(directory, id));
      if (fd === undefined) return [];
      if (flock(fd, LOCK_EX | LOCK_NB)) return [{ id, fd }];
      closeSync(fd);
      return [];
    });
  } finally {
    closeSync(lock);
  }
}

function listDirectories(directory: string): string[] {
  try {
    const entries = readdirSync(directory, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function openDirectory(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
