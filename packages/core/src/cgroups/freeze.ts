import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseFlatKeyed, readOptional, TcError } from '@tc/linux';
import { checkContainerCgroups } from './remove.ts';
import { until, writeOptional } from './tree.ts';

const isFrozenV2 = (directory: string) =>
  parseFlatKeyed(readOptional(join(directory, 'cgroup.events')) ?? '').get('frozen') === 1n;

/**
 * Stops every process of a container where it is, or lets all go on: cgroup.freeze (cgroup-v2.rst) or v1's
 * freezer (cgroup-v1/freezer-subsystem.rst). `directories` are the container's; one of them can freeze.
 * @throws TcError NOT_A_CONTAINER_CGROUP, FREEZE_UNSUPPORTED, FREEZE_TIMEOUT, CGROUP_GONE
 */
export async function freezeContainerCgroup(
  directories: readonly string[],
  frozen: boolean,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  checkContainerCgroups(directories, frozen ? 'pause a container' : 'resume a container');
  await freezeCgroups(directories, frozen, { timeoutMs });
}

/** The same, whatever their names are: an OCI bundle gives its own. */
export async function freezeCgroups(
  directories: readonly string[],
  frozen: boolean,
  { timeoutMs = 10_000 }: { timeoutMs?: number } = {},
): Promise<void> {
  const operation = frozen ? 'pause a container' : 'resume a container';
  const v2 = directories.find((directory) =>
    writeOptional(join(directory, 'cgroup.freeze'), frozen ? '1' : '0'),
  );
  if (v2 !== undefined) {
    if (!(await until(() => isFrozenV2(v2) === frozen || !existsSync(v2), timeoutMs))) {
      throw timedOut(operation, v2);
    }
    if (frozen && !existsSync(v2)) throw gone(operation, v2);
    return;
  }
  const state = frozen ? 'FROZEN' : 'THAWED';
  // Writing again goes on with what a fork or a sleeping task held up: the state can stay at FREEZING.
  const set = (directory: string) => writeOptional(join(directory, 'freezer.state'), state);
  const v1 = directories.find(set);
  if (v1 === undefined) {
    const isWithout = directories.length === 0;
    throw new TcError(isWithout ? 'it runs without cgroups' : 'none of its cgroups can be frozen', {
      code: 'FREEZE_UNSUPPORTED',
      operation,
      path: directories[0],
      hint: isWithout
        ? 'An ordinary user needs a cgroup of its own to pause what runs in it: tctl doctor.'
        : 'It takes cgroup v2 and Linux 5.2, or the v1 freezer controller.',
    });
  }
  const isSo = () => readOptional(join(v1, 'freezer.state'))?.trim() === state || (set(v1) && false);
  if (!(await until(() => isSo() || !existsSync(v1), timeoutMs))) throw timedOut(operation, v1);
  if (frozen && !existsSync(v1)) throw gone(operation, v1);
}

function gone(operation: string, path: string): TcError {
  return new TcError('it has ended meanwhile', { code: 'CGROUP_GONE', operation, path });
}

function timedOut(operation: string, path: string): TcError {
  const hint = 'A process that waits for a device (state D in ps) cannot be frozen.';
  return new TcError('its processes do not stop in time', { code: 'FREEZE_TIMEOUT', operation, path, hint });
}
