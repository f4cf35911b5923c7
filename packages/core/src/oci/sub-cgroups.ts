/** Cgroups below a container's, for `exec --cgroup`. */
import { existsSync } from 'node:fs';
import { join, posix } from 'node:path';
import { TcError } from '@tc/linux';
import type { OciCgroups } from './cgroups.ts';

const operation = 'run a process in a cgroup below the container’s';

/**
 * @param given as runc has it: of version 2 one `PATH`, of version 1 `CONTROLLER[,CONTROLLER...]:PATH`, as often as
 * needed; a hierarchy that is not named stays as it is
 * @returns where its process is to be
 * @throws TcError SUB_CGROUP
 */
export function subCgroups(cgroups: OciCgroups, given: readonly string[]): OciCgroups {
  const v1 = { ...cgroups.v1 };
  let { v2 } = cgroups;
  const named = new Set<string>();
  for (const each of given) {
    const colon = each.indexOf(':');
    const path = below(each.slice(colon + 1));
    for (const controller of colon === -1 ? [''] : each.slice(0, colon).split(',')) {
      if (named.has(controller)) throw refusal(each, 'a hierarchy is named twice');
      named.add(controller);
      const directory = colon === -1 ? cgroups.v2 : directoryOf(cgroups, controller);
      if (directory === undefined) throw refusal(each, 'the container is in no such hierarchy');
      const sub = join(directory, path);
      if (!existsSync(join(sub, 'cgroup.procs'))) throw refusal(each, `there is no ${sub}`);
      if (colon === -1) v2 = sub;
      // Controllers that share a hierarchy share its cgroups.
      else for (const [name, own] of Object.entries(cgroups.v1)) if (own === directory) v1[name] = sub;
    }
  }
  return { ...cgroups, v1, v2 };
}

/** `v1` is of a file: names that every object has are no controllers. */
const directoryOf = ({ v1 }: OciCgroups, controller: string): string | undefined =>
  Object.hasOwn(v1, controller) ? v1[controller] : undefined;

/** A cgroup file system has no links: a path without `..` stays below. */
function below(path: string): string {
  if (path === '' || path.includes('\0') || path.split('/').includes('..'))
    throw refusal(path, 'that is no path below the container’s cgroup');
  return posix.normalize(path);
}

function refusal(given: string, problem: string): TcError {
  const hint =
    'Give a cgroup that exists below the container’s: --cgroup PATH of version 2, --cgroup CONTROLLER:PATH of version 1.';
  return new TcError(`${JSON.stringify(given)}: ${problem}`, { code: 'SUB_CGROUP', operation, hint });
}
