import { setTimeout as sleep } from 'node:timers/promises';
import { TcError } from '@tc/linux';
import type { Ending } from '../launch/ending.ts';
import type { Supervisor } from '../launch/supervisor.ts';
import { startLaunch } from '../run/start-launch.ts';
import { noStreams } from '../run/streams.ts';
import { isAlive } from '../state/alive.ts';
import { type ContainerConfig, writeConfig } from '../state/config-file.ts';
import { makeContainerData, removeContainerData } from '../state/data-links.ts';
import { alreadyRunning, noSuchContainer } from '../state/errors.ts';
import { readRunning } from '../state/running-file.ts';
import { settleLost } from '../state/settle.ts';
import type { ContainerRecord } from '../state/state-directory.ts';
import { alone, type ContainerReference, stateDirectoryOf } from './reference.ts';
import { resolveContainer } from './resolve-container.ts';
import { keepRunning, parseRestart, type Rerun } from './restart-policy.ts';

export interface StartOptions {
  /** With a terminal: the caller gets it, and nothing of what it shows is kept until the caller detaches. */
  attach?: boolean;
}

/** A supervisor that is about to be gone, or a clean-up, may hold the state directory's lock a little longer. */
const lockTries = 200;
const lockTurnMs = 5;

/**
 * Resolves when the command runs.
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_RUNNING, CONTAINER_EPHEMERAL, and as `run()` does
 */
export async function startContainer(
  reference: ContainerReference,
  { attach = false }: StartOptions = {},
): Promise<Supervisor> {
  const { supervisor, config } = await alone(reference, async (record) => {
    if (record.config === undefined)
      throw record.alive ? alreadyRunning(record.id, 'start') : noSuchContainer(record.id);
    if (await goesOn(record)) throw alreadyRunning(record.config.name, 'start');
    const config: ContainerConfig = {
      ...record.config,
      wanted: 'running',
      starts: record.config.starts + 1,
    };
    writeConfig(record.directory, config);
    return { config, supervisor: await launchContainer(reference, config, attach) };
  });
  if (config.options.autoRemove)
    supervisor.ended
      .catch(() => {})
      .then(() => removeContainerData(config.id))
      .catch(() => {});
  const policy = parseRestart(config.options.restart);
  if (policy.atMost > 0) {
    const again = () => startAgain(reference, config.starts);
    void keepRunning(policy, rerunOf(supervisor), again, { keepAlive: !config.options.detached });
  }
  return supervisor;
}

/** Whether it runs; a supervisor that is about to be gone, or not yet there, is waited for. For the lock's holder. */
async function goesOn({ alive, running, directory }: ContainerRecord): Promise<boolean> {
  if (!alive || running !== undefined) return alive;
  for (let tries = 0; tries < lockTries; tries += 1) {
    if (!isAlive(directory)) return false;
    if (readRunning(directory) !== undefined) return true;
    await sleep(lockTurnMs);
  }
  return true;
}

/** For the holder of the container's lock. */
async function launchContainer(
  reference: ContainerReference,
  config: ContainerConfig,
  attach: boolean,
): Promise<Supervisor> {
  const { runtimeDirectory, id } = reference;
  const directory = stateDirectoryOf(reference);
  await settleLost(directory);
  for (let tries = 1; ; tries += 1) {
    const { spec } = resolveContainer(runtimeDirectory, config, { attach });
    if (spec.logs !== undefined || spec.rootfs.upper !== undefined) makeContainerData(runtimeDirectory, id);
    const { supervisor } = startLaunch(spec, noStreams, config.options.network);
    try {
      await supervisor.started;
      if (config.options.detached && !attach) supervisor.detach(); // an attached terminal does when it lets go
      return supervisor;
    } catch (error) {
      const locked = error instanceof TcError && error.code === 'CONTAINER_RUNNING' && !isAlive(directory);
      if (!locked || tries === lockTries) throw error;
      await sleep(lockTurnMs);
    }
  }
}

/** @returns undefined where it was stopped, removed, or started by somebody else since */
async function startAgain(reference: ContainerReference, starts: number): Promise<Rerun | undefined> {
  try {
    return await alone(reference, async (record) => {
      const { config } = record;
      if (config === undefined || config.wanted === 'stopped' || config.starts !== starts) return undefined;
      if (await goesOn(record)) return undefined;
      // What can't be started now may be later: it counts as a run that failed.
      return launchContainer(reference, config, false).then(rerunOf, () => ({
        ended: Promise.resolve(false),
      }));
    });
  } catch (error) {
    if (error instanceof TcError && error.code === 'CONTAINER_NOT_FOUND') return undefined;
    return { ended: Promise.resolve(false) };
  }
}

function rerunOf(supervisor: Supervisor): Rerun {
  const succeeded = ({ exitCode }: Ending) => exitCode === 0;
  return { ended: supervisor.ended.then(succeeded, () => false) };
}
