import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CgroupHost, readCgroupHost } from '@tc/linux';
import type { ExecCgroupSpec } from '../launch/spec.ts';

let host: CgroupHost | undefined;

/** Where a command in a container belongs: its groups, and below one of them a group of the command's own. */
export function execCgroups(directories: readonly string[]): ExecCgroupSpec | undefined {
  if (directories.length === 0) return undefined;
  host ??= readCgroupHost();
  const unified = host.v2?.mountPoint;
  const v2 = directories.find((directory) => unified !== undefined && directory.startsWith(`${unified}/`));
  const freezerMount = host.v1.get('freezer')?.mountPoint;
  const freezer = directories.find(
    (directory) => freezerMount !== undefined && directory.startsWith(`${freezerMount}/`),
  );
  const parent = v2 ?? freezer;
  return {
    tasks: directories
      .filter((directory) => directory !== parent)
      .map((directory) => join(directory, 'tasks')),
    tree:
      parent === undefined
        ? undefined
        : { version: v2 === undefined ? 1 : 2, parent, directory: join(parent, `exec-${randomName()}`) },
  };
}

function randomName(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').slice(0, 8);
}
