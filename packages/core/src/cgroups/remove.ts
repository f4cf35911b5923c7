import { rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { containerIdOf } from './placement.ts';
import { isGone, pidsIn, treeOf, until, writeOptional } from './tree.ts';

const operation = 'remove a container’s cgroups';

/** @throws TcError NOT_A_CONTAINER_CGROUP */
export function checkContainerCgroups(directories: readonly string[], operation: string): void {
  const other = directories.find((directory) => containerIdOf(directory) === undefined);
  if (other === undefined) return;
  throw new TcError('it is no container’s: its name is not tctl-ID', {
    code: 'NOT_A_CONTAINER_CGROUP',
    operation,
    path: other,
  });
}

function kill(pid: number, directory: string): void {
  if (pid === process.pid) {
    const hint = 'Run tctl outside the container.';
    throw new TcError('this process is in it', { code: 'CGROUP_BUSY', operation, path: directory, hint });
  }
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if (!isGone(error)) throw error;
  }
}

/** Kills what is in the cgroups, and tells whether nothing was. */
function killRound(trees: readonly string[]): boolean {
  let empty = true;
  for (const directory of trees) {
    for (const pid of pidsIn(directory)) {
      empty = false;
      // Process 0 would be this process's own group (kill(2)).
      if (pid > 0) kill(pid, directory);
    }
    // A frozen v1 group dies only when it is thawed: cgroup-v1/freezer-subsystem.rst.
    writeOptional(join(directory, 'freezer.state'), 'THAWED');
  }
  return empty;
}

function removeRound(directories: readonly string[]): boolean {
  for (const directory of directories.flatMap(treeOf)) {
    try {
      rmdirSync(directory);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EBUSY' || code === 'ENOTEMPTY') return false;
      if (!isGone(error)) throw error;
    }
  }
  return true;
}

function busy(directories: readonly string[]): TcError {
  const path = directories.flatMap(treeOf).find((directory) => pidsIn(directory).length > 0);
  const pids = path === undefined ? [] : pidsIn(path);
  return new TcError(
    pids.length > 0 ? `processes do not end: ${pids.join(', ')}` : 'the kernel still uses them',
    {
      code: 'CGROUP_BUSY',
      operation,
      path: path ?? directories[0],
      hint: 'A process in state D (ps -o stat,wchan -p PID) waits for a device; it ends when that answers.',
    },
  );
}

/**
 * Ends whatever is left in a container's cgroups and removes them, with those that were made below. Directories
 * that are gone already are no error.
 * @throws TcError NOT_A_CONTAINER_CGROUP, CGROUP_BUSY
 */
export async function removeContainerCgroup(
  directories: readonly string[],
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  checkContainerCgroups(directories, operation);
  await removeCgroups(directories, { timeoutMs });
}

/** The same, whatever their names are: an OCI bundle gives its own. */
export async function removeCgroups(
  directories: readonly string[],
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  for (const directory of directories) {
    // One write kills the whole tree, even one that forks as fast as it can. Since Linux 5.14, v2 only.
    if (writeOptional(join(directory, 'cgroup.kill'), '1')) continue;
    // Elsewhere killing one by one catches up with such a tree only if it cannot grow.
    writeOptional(join(directory, 'pids.max'), '0');
  }
  const empty = await until(() => killRound(directories.flatMap(treeOf)), timeoutMs);
  if (!empty || !(await until(() => removeRound(directories), timeoutMs))) throw busy(directories);
}
