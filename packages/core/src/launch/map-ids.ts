/** The Node.js side of an id map that needs more than an ordinary user may: newuidmap(1), newgidmap(1). */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, statSync } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import type { UserNamespaceSpec } from './spec.ts';

/** Not PATH: they act with the privileges of root, for whoever is asked for them. */
const directories = ['/usr/bin', '/bin', '/usr/local/bin'];

export interface IdMapHelpers {
  readonly newuidmap: string;
  readonly newgidmap: string;
}

/** Both, or undefined: a namespace with one map is of no use. */
export function findIdMapHelpers(): IdMapHelpers | undefined {
  const [newuidmap, newgidmap] = [find('newuidmap'), find('newgidmap')];
  return newuidmap === undefined || newgidmap === undefined ? undefined : { newuidmap, newgidmap };
}

/** Root's own, and executable: setuid or with file capabilities, which only a failure would tell apart. */
function find(name: string): string | undefined {
  return directories
    .map((directory) => join(directory, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        const { uid, mode } = statSync(path);
        return uid === 0 && (mode & 0o022) === 0;
      } catch {
        return false;
      }
    });
}

const operation = 'map the ids of the user namespace';

/**
 * Has the ids of a process's user namespace mapped, which waits for it. Uids and gids at the same time: neither map
 * needs the other.
 * @throws (rejects) TcError ID_MAP_FAILED
 */
export async function mapIds(pid: number, user: UserNamespaceSpec): Promise<void> {
  const helpers = findIdMapHelpers();
  if (helpers === undefined)
    throw failed('newuidmap or newgidmap is gone', 'Install them: apt install uidmap.');
  await Promise.all([
    runHelper(helpers.newuidmap, pid, user.uidMap),
    runHelper(helpers.newgidmap, pid, user.gidMap),
  ]);
}

async function runHelper(path: string, pid: number, map: string): Promise<void> {
  const child = spawn(path, [String(pid), ...map.trim().split(/\s+/)], {
    env: {},
    cwd: '/',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(0, 1000);
  });
  let exit: unknown;
  try {
    [exit] = await once(child, 'close');
  } catch (cause) {
    throw failed(`${path}: ${(cause as Error).message}`, undefined, cause);
  }
  if (exit !== 0) throw failed(said.trim().replaceAll('\n', '; ') || `${path} ended with ${String(exit)}`);
}

const usualHint =
  'newuidmap and newgidmap must be setuid root, and /etc/subuid and /etc/subgid must give you the ids. Or do without them: --userns self, namespaces.user "self".';

function failed(problem: string, hint = usualHint, cause?: unknown): TcError {
  return new TcError(problem, { code: 'ID_MAP_FAILED', operation, hint, cause });
}
