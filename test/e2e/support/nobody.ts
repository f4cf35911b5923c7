/** The command as an ordinary user calls it, who owns nothing but a home directory. */
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Need } from '../../support/requires.ts';
import { environment, type Finished, repository, startCommand, tctlPath } from './command.ts';
import { newDirectory } from './suite.ts';

const uid = 65534;
const become = ['setpriv', `--reuid=${uid}`, `--regid=${uid}`, '--clear-groups'];

/** A home directory, where the user's state, data and configuration go. */
export function newHome(): string {
  const home = join(newDirectory(), 'home');
  mkdirSync(home);
  chownSync(home, uid, uid);
  chownSync(join(home, '..'), uid, uid);
  return home;
}

/** @param extra more of the environment. */
export function asNobody(
  home: string,
  command: readonly string[],
  extra: Readonly<Record<string, string | undefined>> = {},
): Promise<Finished> {
  return startCommand([...become, ...command], { env: { ...environmentOf(home), ...extra }, cwd: '/' }).ended;
}

function environmentOf(home: string): NodeJS.ProcessEnv {
  return environment({
    HOME: home,
    TCTL_RUNTIME_DIR: undefined,
    TCTL_DATA_DIR: undefined,
    XDG_DATA_HOME: undefined,
    XDG_RUNTIME_DIR: join(home, 'run'),
  });
}

export function tctlAsNobody(home: string, ...args: string[]): Promise<Finished> {
  return asNobody(home, [tctlPath, ...args]);
}

/** With a line in a pipe of root's as its stdin. */
export function tctlAsNobodyReading(line: string, home: string, ...args: string[]): Promise<Finished> {
  const script = 'echo "$0" | "$@"';
  const command = ['sh', '-c', script, line, ...become, tctlPath, ...args];
  return startCommand(command, { env: environmentOf(home), cwd: '/' }).ended;
}

const [reads, mayUnshare] = await Promise.all([
  asNobody('/', [process.execPath, join(repository, 'apps/tctl/bin/tctl.cjs'), '--version']),
  asNobody('/', ['unshare', '--user', '--map-root-user', 'true']),
]);

export const readableByOthers: Need = () =>
  reads.code === 0 ? undefined : `an ordinary user can't read ${repository}`;

export const userNamespaces: Need = () =>
  mayUnshare.code === 0 ? undefined : 'the kernel gives ordinary users no user namespace';
