/** `exec`: one more process in a container. */
import { closeSync, fstatSync, readlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pidfdOpen, TcError } from '@tc/linux';
import { isContainerCgroupFrozen } from '../cgroups/frozen.ts';
import { type BundleExecSpec, compileBundleExec } from '../launch/compile-bundle-exec.ts';
import type { ExecSpec } from '../launch/spec.ts';
import { launch, whenLauncherEnds } from '../launch/supervisor.ts';
import { readOciConfig } from './config/config.ts';
import { type OciProcess, readOciProcess } from './config/process.ts';
import { isAlive, type OciStore } from './container-state.ts';
import { checkTerminal, translateProcess } from './translate/process.ts';

export interface OciExecOptions {
  readonly pidFile?: string | undefined;
  readonly consoleSocket?: string | undefined;
  readonly preserveFds?: number | undefined;
  readonly ignorePaused?: boolean | undefined;
}

const operation = 'run a process in the container';

/**
 * @param process a process object as in config.json; as a function it is given that of the container
 * @returns its pid. It is nobody's child but of whoever waits for orphans.
 * @throws TcError
 */
export async function execOci(
  store: OciStore,
  id: string,
  given: unknown | ((own: OciProcess) => OciProcess),
  options: OciExecOptions,
): Promise<number> {
  const state = store.get(id);
  const status = store.statusOf(state);
  if (status === 'stopped')
    throw new TcError('container not running', { code: 'CONTAINER_NOT_RUNNING', operation });
  const { directories, v1, v2 } = state.cgroups;
  if (!options.ignorePaused && isContainerCgroupFrozen(directories)) {
    const hint = 'Resume it first, or use --ignore-paused.';
    throw new TcError('the container is paused', { code: 'CONTAINER_PAUSED', operation, hint });
  }
  const config = readOciConfig(state.config);
  const ociProcess =
    typeof given === 'function'
      ? (given as (own: OciProcess) => OciProcess)(config.process as OciProcess)
      : readOciProcess(given, 'process');
  checkTerminal(ociProcess, options.consoleSocket);
  const different = namespacesOf(state.pid);
  const process = translateProcess(ociProcess, config, { id, status: 'running', bundle: state.bundle });
  const size = ociProcess.consoleSize ?? { width: 80, height: 24 };
  const preserveFds = options.preserveFds ?? 0;
  const spec: BundleExecSpec = {
    id,
    namespaces: { user: different.user ? joinedUser : undefined },
    process,
    terminal: undefined,
    timeoutMs: undefined,
    join: different.join,
    tasks: [...new Set(Object.values(v1))].map((directory) => join(directory, 'tasks')),
    into: v2,
    console:
      options.consoleSocket === undefined
        ? undefined
        : { socket: resolve(options.consoleSocket), columns: size.width, rows: size.height },
    preserveFds,
    ownStreams: ociProcess.terminal ? [] : ownStreams(),
  };
  const pidfd = pidfdOpen(state.pid);
  if (pidfd === undefined || !isAlive(state))
    throw new TcError('container not running', { code: 'CONTAINER_NOT_RUNNING', operation });
  try {
    const launcher = launch(compileBundleExec(spec), {
      id,
      stdio: [0, 1, 2],
      figureNames: [],
      given: [pidfd, ...Array.from({ length: preserveFds }, (_, index) => 3 + index)],
    });
    const pid = await launcher.started;
    await whenLauncherEnds(launcher);
    if (options.pidFile !== undefined) writeFileSync(options.pidFile, String(pid));
    return pid;
  } finally {
    closeSync(pidfd);
  }
}

const joinedUser = {
  uidMap: '',
  gidMap: '',
  denySetgroups: false,
  mapper: 'joined',
  shiftMounts: false,
} as const;

const files = { mount: 'mnt', uts: 'uts', ipc: 'ipc', net: 'net', cgroup: 'cgroup', time: 'time' } as const;

/** Those in which it differs from this process. */
function namespacesOf(pid: number): { user: boolean; join: ExecSpec['join'] } {
  const link = (of: string, file: string) => {
    try {
      return readlinkSync(`/proc/${of}/ns/${file}`);
    } catch {
      return undefined; // of a kind that this kernel lacks
    }
  };
  const differs = (file: string) => link('self', file) !== link(String(pid), file);
  const names = Object.keys(files) as (keyof typeof files)[];
  return { user: differs('user'), join: names.filter((name) => differs(files[name])) };
}

/** Of pipes and sockets: never a device, /dev/null is everybody's. */
export function ownStreams(): number[] {
  return [0, 1, 2].filter((fd) => {
    try {
      const stats = fstatSync(fd);
      return stats.isFIFO() || stats.isSocket();
    } catch {
      return false;
    }
  });
}
