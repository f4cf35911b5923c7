import { join } from 'node:path';
import type { AccountFiles } from '@tc/linux';
import type { ExecSpec, ProcessSpec } from '../launch/spec.ts';
import { parseDuration } from '../run/duration.ts';
import { invalid } from '../run/invalid.ts';
import { addedGroups, type Ids, resolveIds } from '../run/resolve-ids.ts';
import {
  capabilityNumbers,
  checkCommand,
  checkUmask,
  variables,
  workingDirectory,
} from '../run/resolve-process.ts';
import { resolveTerminal } from '../run/resolve-terminal.ts';
import { filterOf, listenerOf } from '../security/seccomp/filter.ts';
import type { LaunchFile } from '../state/launch-file.ts';
import { runtimeDirectory } from '../state/runtime-directory.ts';
import { execCgroups } from './exec-cgroups.ts';
import type { ExecOptions } from './options.ts';

/**
 * @param files the accounts that the container has now
 * @throws TcError INVALID_OPTION, INVALID_DURATION, USER_NOT_FOUND
 */
export function resolveExec(
  command: readonly string[],
  launch: LaunchFile,
  options: ExecOptions,
  files: AccountFiles,
): ExecSpec {
  checkCommand(command, 'run a command in a container');
  const { id, namespaces } = launch;
  return {
    id,
    namespaces,
    process: resolveProcess(command, launch, options, files),
    terminal: resolveTerminal(options.tty, false),
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, 'set the timeout'),
    join: [
      'mount',
      'ipc',
      ...(namespaces.uts ? (['uts'] as const) : []),
      ...(namespaces.net || namespaces.joinNetwork ? (['net'] as const) : []),
      ...(namespaces.cgroup ? (['cgroup'] as const) : []),
      ...(namespaces.time === undefined ? [] : (['time'] as const)),
    ],
    cgroup: execCgroups(launch.cgroups),
  };
}

function resolveProcess(
  command: readonly string[],
  launch: LaunchFile,
  options: ExecOptions,
  files: AccountFiles,
): ProcessSpec {
  const own = launch.process;
  const { home, ...ids } = idsOf(launch, options, files);
  return {
    argv: command,
    env: variables({
      ...Object.fromEntries(own.env.map(split)),
      ...(home && { HOME: home }),
      ...options.env,
    }),
    cwd: options.cwd === undefined ? own.cwd : workingDirectory(options.cwd),
    ...ids,
    umask: options.umask === undefined ? own.umask : checkUmask(options.umask),
    capabilities: resolveCapabilities(own.capabilities, options.capabilities),
    rlimits: own.rlimits,
    oomScoreAdj: own.oomScoreAdj,
    seccompProfile: own.seccompProfile,
    seccomp: filterOf(own.seccompProfile, own.capabilities),
    seccompListener: listenerOf(own.seccompProfile, {
      id: launch.id,
      status: 'running',
      bundle: join(runtimeDirectory(), launch.id),
    }),
    landlock: own.landlock,
    apparmorProfile: own.apparmorProfile,
    selinuxLabel: own.selinuxLabel,
    maskedPaths: [],
    readonlyPaths: [],
  };
}

/** Another user's, or the container's own with what is added. */
function idsOf(
  { process: { uid, gid, additionalGids }, namespaces }: LaunchFile,
  { user, groups = [] }: ExecOptions,
  files: AccountFiles,
): Omit<Ids, 'home'> & Partial<Pick<Ids, 'home'>> {
  if (user !== undefined) return resolveIds({ user, groups }, files, namespaces.user, undefined);
  const added = addedGroups(groups, files, namespaces.user, undefined);
  return { uid, gid, additionalGids: [...new Set([...additionalGids, ...added])] };
}

function split(variable: string): [string, string] {
  const equals = variable.indexOf('=');
  return [variable.slice(0, equals), variable.slice(equals + 1)];
}

/** Never more than the container has: else a way in would be a way up. */
function resolveCapabilities(own: readonly number[], given: ExecOptions['capabilities']): readonly number[] {
  if (given === undefined) return own;
  const numbers = capabilityNumbers(given);
  if (numbers.every((number) => own.includes(number))) return numbers;
  const hint = 'Give it to the container when that is made.';
  return invalid('the container itself lacks one of these capabilities', 'set the capabilities', hint);
}
