/** `exec`: one more process in a container. */
import { fstatSync, writeFileSync } from 'node:fs';
import { TcError } from '@tc/linux';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { readOciConfig } from './config/config.ts';
import { type OciProcess, readOciProcess } from './config/process.ts';
import { consoleSocketAt } from './console-socket.ts';
import { isAlive, type OciStore } from './container-state.ts';
import { launchIn, type Started } from './launch-in.ts';
import { subCgroups } from './sub-cgroups.ts';
import { translateProcess } from './translate/process.ts';
import { translateTerminal } from './translate/terminal.ts';

export interface OciExecOptions {
  readonly pidFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  /** The caller takes the terminal itself, where there is one and no socket for it. */
  readonly ownTerminal?: boolean | undefined;
  readonly preserveFds?: number | undefined;
  readonly ignorePaused?: boolean | undefined;
  /** Cgroups below the container's: `PATH` of version 2, `CONTROLLER:PATH` of version 1. Default: the container's. */
  readonly cgroup?: readonly string[] | undefined;
  /** By default this process’s own. */
  readonly stdio?: readonly [number, number, number] | undefined;
}

const operation = 'run a process in the container';

/**
 * @param given a process object as in config.json; as a function it is given that of the container
 * @throws TcError
 */
export async function execOci(
  store: OciStore,
  id: string,
  given: unknown | ((own: OciProcess) => OciProcess),
  options: OciExecOptions,
): Promise<Started> {
  const state = store.get(id);
  const status = store.statusOf(state);
  if (status === 'stopped')
    throw new TcError('container not running', { code: 'CONTAINER_NOT_RUNNING', operation });
  if (!options.ignorePaused && isContainerCgroupFrozen(state.cgroups.directories)) {
    const hint = 'Resume it first, or use --ignore-paused.';
    throw new TcError('the container is paused', { code: 'CONTAINER_PAUSED', operation, hint });
  }
  const cgroups = subCgroups(state.cgroups, options.cgroup ?? []);
  const config = readOciConfig(state.config);
  const ociProcess =
    typeof given === 'function'
      ? (given as (own: OciProcess) => OciProcess)(config.process as OciProcess)
      : readOciProcess(given, 'process');
  const terminal = translateTerminal(ociProcess, {
    consoleSocket: consoleSocketAt(options.consoleSocket),
    ownTerminal: options.ownTerminal ?? false,
  });
  const process = translateProcess(ociProcess, config, { id, status: 'running', bundle: state.bundle });
  const stdio = options.stdio ?? [0, 1, 2];
  const started = await launchIn({ id, pid: state.pid, cgroups, isIt: () => isAlive(state) }, process, {
    stdio,
    console: terminal.console,
    terminal: terminal.taken,
    preserveFds: options.preserveFds ?? 0,
    ownStreams: ociProcess.terminal ? [] : ownStreams(stdio),
    affinity: ociProcess.execCPUAffinity,
  });
  if (options.pidFile !== undefined) writeFileSync(options.pidFile, String(started.pid));
  return started;
}

/** Of pipes and sockets: never a device, /dev/null is everybody's. */
export function ownStreams(stdio: readonly number[]): number[] {
  return [0, 1, 2].filter((index) => {
    try {
      const stats = fstatSync(stdio[index] ?? index);
      return stats.isFIFO() || stats.isSocket();
    } catch {
      return false;
    }
  });
}
