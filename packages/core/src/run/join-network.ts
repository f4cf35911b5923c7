/** Finds the network namespace of a container that runs. */
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { SyscallError } from '@tc/linux';
import type { UserNamespaceSpec } from '../launch/spec.ts';
import { isAlive } from '../state/alive.ts';
import { notRunning } from '../state/errors.ts';
import { hasErrno } from '../state/files.ts';
import { findId } from '../state/names.ts';
import { readRunning } from '../state/running-file.ts';
import { invalid } from './invalid.ts';
import type { RunOptions } from './options.ts';

const prefix = 'container:';
const operation = 'join the network of';

/** The container of `container:NAME`, undefined for other networks. @throws TcError INVALID_OPTION */
export function networkContainer(network: RunOptions['network']): string | undefined {
  if (network === undefined || network === 'none' || network === 'host') return undefined;
  if (typeof network === 'string' && network.length > prefix.length && network.startsWith(prefix)) {
    return network.slice(prefix.length);
  }
  invalid(
    `${JSON.stringify(network)} is not a network`,
    'choose a network',
    'It is none, host or container:NAME.',
  );
}

/**
 * @returns a descriptor of the network namespace, for the supervisor to join
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS, CONTAINER_NOT_RUNNING; SyscallError
 */
export function openNetwork(network: RunOptions['network'], runtimeDirectory: string): number {
  const name = networkContainer(network);
  if (name === undefined) throw new TypeError(`not the network of a container: ${network}`);
  return withProcess(name, runtimeDirectory, (directory) => openSync(`${directory}/ns/net`, 'r'), closeSync);
}

/**
 * The user namespace that an ordinary user has to join with the network; undefined where that is the host's network,
 * which needs none.
 * @throws TcError as `openNetwork`
 */
export function joinedUserNamespace(name: string, runtimeDirectory: string): UserNamespaceSpec | undefined {
  return withProcess(name, runtimeDirectory, (directory) => {
    if (readlinkSync(`${directory}/ns/net`) === readlinkSync('/proc/self/ns/net')) return undefined;
    const read = (file: string) => readFileSync(`${directory}/${file}`, 'latin1');
    const map = (file: string) => read(file).trim().replaceAll(/ +/g, ' ').replaceAll('\n ', '\n');
    return {
      uidMap: map('uid_map'),
      gidMap: map('gid_map'),
      denySetgroups: read('setgroups').trim() === 'deny',
      mapper: 'joined',
      shiftMounts: false,
    };
  });
}

/**
 * Looks into the /proc directory of a container's first process. `running` is removed before that is reaped, and a
 * supervisor that is killed takes it along: while both are still there afterwards, the pid was not another process's.
 */
function withProcess<T>(
  name: string,
  runtimeDirectory: string,
  look: (directory: string) => T,
  giveBack: (value: T) => void = () => {},
): T {
  const stateDirectory = join(runtimeDirectory, findId(runtimeDirectory, name));
  const running = readRunning(stateDirectory);
  if (running === undefined || !isAlive(stateDirectory)) throw notRunning(name, operation);
  let value: T;
  try {
    value = look(`/proc/${running.pid}`);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ESRCH')) throw notRunning(name, operation);
    const { errno = 0, syscall = 'open', path } = error as NodeJS.ErrnoException;
    const hint = 'The container must be one of yours: join it as the user who started it.';
    throw new SyscallError({ call: syscall, errno: -errno, operation: `${operation} ${name}`, path, hint });
  }
  if (isAlive(stateDirectory) && readRunning(stateDirectory)?.pid === running.pid) return value;
  giveBack(value);
  throw notRunning(name, operation);
}
