import { isAbsolute, posix } from 'node:path';
import { type CapabilityName, capabilityNames } from '@tc/linux';
import type { NamespaceSpec, ProcessSpec, RootfsSpec } from '../launch/spec.ts';
import { capabilityNumber, defaultCapabilities, maskedPaths, readonlyPaths } from '../security/defaults.ts';
import { checkLabels } from '../security/lsm/check-labels.ts';
import { filterOf } from '../security/seccomp/filter.ts';
import type { SeccompChoice } from '../security/seccomp/profile.ts';
import { readSeccompProfile } from '../security/seccomp/read-profile.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';
import { accountsOfRootfs, resolveIds } from './resolve-ids.ts';
import { resolveRlimits } from './resolve-rlimits.ts';

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** @throws TcError INVALID_OPTION, USER_NOT_FOUND */
export function resolveProcess(
  command: readonly string[],
  options: RunOptions,
  {
    rootfs,
    namespaces,
    hostname,
  }: { rootfs: RootfsSpec; namespaces: NamespaceSpec; hostname: string | undefined },
): ProcessSpec {
  checkCommand(command, 'run a container');
  const { home, ...ids } = resolveIds(
    options,
    accountsOfRootfs(rootfs),
    namespaces.user,
    options.namespaces?.user,
  );
  const capabilities = resolveCapabilities(options, rootfs);
  const seccompProfile = checkSeccomp(options.seccomp ?? 'default');
  return {
    argv: command,
    env: environment(options.env ?? {}, home, hostname),
    cwd: workingDirectory(options.cwd ?? '/'),
    ...ids,
    umask: checkUmask(options.umask ?? 0o022),
    capabilities,
    rlimits: resolveRlimits(options.rlimits ?? {}),
    oomScoreAdj: checkOomScore(options.oomScoreAdj),
    seccompProfile,
    seccomp: filterOf(seccompProfile, capabilities),
    ...checkLabels(options),
    maskedPaths,
    readonlyPaths,
  };
}

/** @throws TcError INVALID_OPTION */
export function checkCommand(command: readonly string[], operation: string): void {
  if (!Array.isArray(command) || !command.every((word) => typeof word === 'string'))
    invalid('the command is no list of texts', operation, 'Give a program and its arguments, as a list.');
  if (command.length === 0 || command[0] === '')
    invalid('the command is empty', operation, 'Name the program to run.');
}

export function workingDirectory(cwd: string): string {
  if (isAbsolute(cwd)) return posix.normalize(cwd);
  invalid(
    `${JSON.stringify(cwd)} is not absolute`,
    'set the working directory',
    'Give a path that starts with /.',
  );
}

export function checkUmask(umask: number): number {
  if (Number.isInteger(umask) && umask >= 0 && umask <= 0o777) return umask;
  invalid(`${umask} is not a umask`, 'set the umask', 'Give a number from 0 to 0o777.');
}

function checkOomScore(score: number | undefined): number | undefined {
  if (score === undefined || (Number.isInteger(score) && score >= -1000 && score <= 1000)) return score;
  invalid(`${score} is not a score`, 'set the OOM killer’s preference', 'Give a number from -1000 to 1000.');
}

/** @throws TcError INVALID_SECCOMP */
function checkSeccomp(choice: SeccompChoice): SeccompChoice {
  return choice === 'default' || choice === 'unconfined' ? choice : readSeccompProfile(choice);
}

function resolveCapabilities(options: RunOptions, rootfs: RootfsSpec): number[] {
  const numbers = capabilityNumbers(options.capabilities ?? defaultCapabilities);
  const chroot = capabilityNumber('CAP_SYS_CHROOT');
  return numbers.filter((number) => rootfs.enter === 'pivot_root' || number !== chroot);
}

/** Each once: they become bits of a mask. @throws TcError INVALID_OPTION */
export function capabilityNumbers(given: readonly CapabilityName[]): number[] {
  const names = [...new Set(given)];
  for (const name of names) {
    if (capabilityNames.includes(name)) continue;
    const problem = `${JSON.stringify(name)} is not a capability`;
    invalid(problem, 'set the capabilities', 'Names are as in capabilities(7).');
  }
  return names.map(capabilityNumber);
}

function environment(
  env: NonNullable<RunOptions['env']>,
  home: string,
  hostname: string | undefined,
): string[] {
  return variables({ PATH: defaultPath, HOME: home, HOSTNAME: hostname, ...env });
}

/** `KEY=value` for each that has a value. @throws TcError INVALID_OPTION */
export function variables(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env)
    .filter((entry): entry is [string, string] => entry[1] !== undefined)
    .map(([key, value]) => {
      if (key === '' || key.includes('=')) {
        invalid(`${JSON.stringify(key)} is not a variable`, 'set the environment', 'Names have no "=".');
      }
      return `${key}=${value}`;
    });
}
