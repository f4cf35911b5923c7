/**
 * Removes what was left by processes that were themselves killed. Each supervisor holds a lock on its state directory,
 * which the kernel drops when it dies, whatever the reason: no pid is compared, so none can be mistaken.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCgroupHost, TcError } from '@tc/linux';
import { findContainerCgroups } from '../cgroups/list.ts';
import { removeContainerCgroup } from '../cgroups/remove.ts';
import { type ContainerConfig, readConfig } from './config-file.ts';
import { listContainerData, removeContainerData } from './data-links.ts';
import { stateFiles } from './layout.ts';
import { claim, whileNobodyMakes } from './lock.ts';
import { listIds, listLinks } from './names.ts';
import { hasLeftovers, isTemporary, readAllContainers } from './read-all.ts';
import { ensureRuntimeDirectory, runtimeDirectory } from './runtime-directory.ts';
import { isLost, settleLost, tellOfLost } from './settle.ts';
import { readLaunch } from './state-directory.ts';

interface Claimed {
  readonly id: string;
  readonly lock: Disposable;
  /** It is to be kept. */
  readonly kept: boolean;
}

/**
 * Ends what still runs in abandoned containers and removes their cgroups and state directories. Containers that
 * have an owner are not touched, and neither is anything of another runtime directory. What `Container.create` made
 * is kept; if its supervisor was killed, its cgroups are removed.
 * @returns the ids of the containers that were removed.
 * @throws TcError CGROUP_BUSY where a process could not be killed; SyscallError.
 */
export async function cleanUpAbandoned(directory = runtimeDirectory()): Promise<string[]> {
  const runtime = resolve(directory);
  if (!existsSync(runtime)) {
    if (listContainerData(runtime).length === 0) return [];
    ensureRuntimeDirectory(runtime); // it was lost at a reboot, and their data was not
  }
  if (!hasLeftovers(runtime, await readAllContainers(runtime))) return [];
  const { claimed, orphans } = await claimIfFree(runtime);
  for (const id of orphans) await removeContainerData(id);
  const abandoned = claimed.filter(({ kept }) => !kept).map(({ id }) => id);
  try {
    const cgroups = findCgroups(runtime, abandoned);
    for (const { id, kept, lock } of claimed) {
      if (kept) await settleLost(join(runtime, id));
      else {
        await removeContainerCgroup(cgroups.get(id) ?? []);
        tellOfAbandoned(join(runtime, id));
        rmSync(join(runtime, id), { recursive: true, force: true });
        for (const { name } of listLinks(runtime).filter((link) => link.id === id)) {
          rmSync(join(runtime, name), { force: true });
        }
        await removeContainerData(id);
      }
      lock[Symbol.dispose]();
    }
  } finally {
    for (const { lock } of claimed) lock[Symbol.dispose]();
  }
  return abandoned;
}

/** To whoever listens; where it never ran, nobody was told of it. */
function tellOfAbandoned(stateDirectory: string): void {
  if (!existsSync(join(stateDirectory, stateFiles.running))) return;
  tellOfLost(stateDirectory, 'exit');
  tellOfLost(stateDirectory, 'remove');
}

/**
 * As they were launched. Only where that is no longer known they are looked for by the id, which is a name that `run()`
 * was given: a container of another runtime directory may have that, too.
 */
function findCgroups(runtime: string, ids: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const launched = new Map<string, readonly string[]>();
  for (const id of ids) {
    const launch = readLaunch(join(runtime, id));
    if (launch !== undefined) launched.set(id, launch.cgroups);
  }
  const others = ids.filter((id) => !launched.has(id));
  const found = others.length === 0 ? [] : findContainerCgroups(readCgroupHost(), new Set(others));
  return new Map([...launched, ...found]);
}

/** Removes what needs no waiting, and locks the state directories that nobody has locked and that need some. */
async function claimIfFree(runtime: string): Promise<{ claimed: Claimed[]; orphans: string[] }> {
  const claimed: Claimed[] = [];
  let orphans: string[] = [];
  try {
    await whileNobodyMakes(runtime, () => {
      removeTemporary(runtime);
      const ids = listIds(runtime);
      for (const id of ids) {
        const lock = claim(join(runtime, id));
        if (lock === undefined) continue;
        const kept = isKept(join(runtime, id));
        if (kept && !isLost(join(runtime, id))) lock[Symbol.dispose]();
        else claimed.push({ id, lock, kept });
      }
      removeStaleLinks(runtime);
      orphans = listContainerData(runtime).filter((id) => !ids.includes(id));
    });
  } catch (error) {
    for (const { lock } of claimed) lock[Symbol.dispose]();
    if (error instanceof TcError && error.code === 'LOCK_TIMEOUT') return { claimed: [], orphans };
    throw error;
  }
  return { claimed, orphans };
}

/** Whoever was at it has died: nobody makes anything now. */
function removeTemporary(runtime: string): void {
  for (const name of readdirSync(runtime)) {
    if (!isTemporary(name)) continue;
    rmSync(join(runtime, name), { recursive: true, force: true });
  }
}

/** Without a configuration nobody knows of it; one that removes itself would have. */
function isKept(stateDirectory: string): boolean {
  const config = configOf(stateDirectory);
  if (config === 'newer') return true;
  return config !== undefined && !(config.options.autoRemove && isLost(stateDirectory));
}

/** A name is a link to a container that has it; a process that died while it made or changed one left another. */
function removeStaleLinks(runtime: string): void {
  for (const { name, id } of listLinks(runtime)) {
    const config = configOf(join(runtime, id));
    if (config !== 'newer' && config?.name !== name) rmSync(join(runtime, name), { force: true });
  }
}

/** What a newer version made is not ours to judge. */
function configOf(stateDirectory: string): ContainerConfig | 'newer' | undefined {
  try {
    return readConfig(stateDirectory);
  } catch (error) {
    if (error instanceof TcError && error.code === 'CONFIG_VERSION') return 'newer';
    throw error;
  }
}
