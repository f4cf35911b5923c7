import { join } from 'node:path';
import type { CgroupManager } from '../cgroups/manager.ts';
import type { LaunchSpec, LifetimeSpec, LogSpec } from '../launch/spec.ts';
import { resolveLandlock } from '../security/landlock/resolve-landlock.ts';
import { listenerOf } from '../security/seccomp/filter.ts';
import { creationTimeMs } from '../state/creation-time.ts';
import { encodeLaunchFile } from '../state/launch-file.ts';
import { checkName, randomId } from '../state/names.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { volumeNames } from '../volumes/volume-name.ts';
import { checkShape } from './check-shape.ts';
import { parseDuration } from './duration.ts';
import { invalid } from './invalid.ts';
import { runShape } from './option-shapes.ts';
import type { RunOptions } from './options.ts';
import { resolveCgroups } from './resolve-cgroups.ts';
import { resolveCpuTime } from './resolve-cpu-time.ts';
import { checkDevices, deviceRules, resolveDevices } from './resolve-devices.ts';
import { resolveMounts } from './resolve-mounts.ts';
import { resolveNamespaces } from './resolve-namespaces.ts';
import { resolveProcess } from './resolve-process.ts';
import { resolveRootfs } from './resolve-rootfs.ts';
import { resolveSysctls } from './resolve-sysctls.ts';
import { resolveTerminal } from './resolve-terminal.ts';

/** A container that is ready to be launched. */
export interface Resolved {
  readonly spec: LaunchSpec;
  /** Undefined without cgroups. */
  readonly cgroups: CgroupManager | undefined;
  readonly warnings: readonly string[];
}

/** What `run()` and a `Container` differ in. */
export interface Life extends Omit<LifetimeSpec, 'launchFile'> {
  readonly id: string;
  readonly name: string;
  readonly createdAtMs: number;
  readonly logs: LogSpec | undefined;
  readonly openStdin: boolean;
  /** Whether a terminal's output goes to the log from the start. */
  readonly terminalLogged: boolean;
  /** Where `upper: 'disk'` is, if that is allowed. */
  readonly diskUpper: string | undefined;
  readonly image?: string | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /** Nothing of it is carried out. */
  readonly toShow?: boolean;
}

/**
 * For `run()`: nothing is left of it, and nothing is there before.
 * @param toShow only to be explained
 * @throws TcError
 */
export function resolveRun(command: readonly string[], options: RunOptions, toShow = false): Resolved {
  checkShape(options, runShape, 'run a container');
  const id = checkName(options.name ?? randomId());
  return resolveLaunch(command, options, {
    id,
    name: id,
    attached: true,
    leaves: 'nothing',
    createdAtMs: creationTimeMs(),
    logs: undefined,
    openStdin: false,
    terminalLogged: false,
    diskUpper: undefined,
    toShow,
  });
}

/** Checks everything that can be checked before a process starts, and fills the defaults in. @throws TcError */
export function resolveLaunch(command: readonly string[], options: RunOptions, life: Life): Resolved {
  const { id, name, logs, openStdin, attached, leaves } = life;
  const rootfs = resolveRootfs(options.rootfs, life.diskUpper);
  const namespaces = resolveNamespaces(options);
  const hostname = namespaces.uts ? checkHostname(options.hostname ?? name) : undefined;
  const landlock = resolveLandlock(options.landlock, options.onUnsupported === 'warn');
  const process = {
    ...resolveProcess(command, options, { rootfs, namespaces, hostname }),
    landlock: landlock.ruleset,
  };
  const bundle = join(runtimeDirectory(), id);
  const seccompListener = listenerOf(process.seccompProfile, { id, status: 'creating', bundle });
  const devices = resolveDevices(options.devices ?? []);
  const { manager, plan, warnings } = resolveCgroups(id, options, {
    toShow: life.toShow,
    deviceRules: deviceRules(devices, process.capabilities, namespaces),
  });
  if (!life.toShow) checkDevices(devices, plan);
  const terminal = resolveTerminal(options.tty, life.terminalLogged);
  const init = options.init ?? false;
  const launchFile = encodeLaunchFile({
    id,
    name,
    createdAtMs: life.createdAtMs,
    command,
    hostname,
    rootfs,
    namespaces,
    process,
    cgroups: plan?.directories ?? [],
    figures: plan?.figures.map((figure) => figure.name) ?? [],
    limits: options.limits ?? {},
    image: life.image,
    labels: life.labels,
    tty: terminal !== undefined,
    init,
    volumes: volumeNames(options.mounts ?? []),
    logsDirectory: logs?.directory,
    ephemeral: leaves === 'nothing',
    detached: !attached,
  });
  const spec: LaunchSpec = {
    id,
    name,
    runtimeDirectory: runtimeDirectory(),
    namespaces,
    hostname,
    rootfs,
    mounts: resolveMounts(options.mounts ?? [], namespaces),
    devices,
    sysctls: resolveSysctls(options.sysctls ?? {}, namespaces),
    cgroup: plan,
    process: { ...process, seccompListener },
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'set the timeout'),
    cpuTime: resolveCpuTime(options, plan),
    lifetime: { attached, leaves, launchFile },
    terminal,
    logs,
    openStdin,
    init,
  };
  return { spec, cgroups: manager, warnings: [...landlock.warnings, ...warnings] };
}

function checkHostname(hostname: string): string {
  const length = Buffer.byteLength(hostname); // sethostname(2): at most HOST_NAME_MAX, 64
  if (length >= 1 && length <= 64) return hostname;
  invalid(
    `${JSON.stringify(hostname)} is not a host name`,
    'set the host name',
    'It has 1 to 64 characters.',
  );
}
