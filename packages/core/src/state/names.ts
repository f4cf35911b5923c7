/** Names and ids share one name space: the entries of the runtime directory. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import { invalid } from '../run/invalid.ts';
import { noSuchContainer } from './errors.ts';
import { hasErrno, ifThere } from './files.ts';

const validName = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;
const madeId = /^[0-9a-f]{12}$/;

/** 12 hexadecimal digits from the kernel: loading node:crypto for them would take longer than a container. */
export function randomId(): string {
  return readFileSync('/proc/sys/kernel/random/uuid', 'latin1').replaceAll('-', '').slice(0, 12);
}

/** @throws TcError INVALID_OPTION */
export function checkName(name: string): string {
  if (typeof name === 'string' && validName.test(name)) return name;
  const hint = 'Use up to 63 letters, digits, ".", "_" and "-", and start with a letter or digit.';
  invalid(`${JSON.stringify(name)} is not a name`, 'name the container', hint);
}

/** The ids of all containers, in no order. Entries that start with a dot are not containers. */
export function listIds(directory: string): string[] {
  const entries = ifThere(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries.filter((entry) => entry.isDirectory() && validName.test(entry.name)).map(({ name }) => name);
}

/** The names that are links to an id. */
export function listLinks(directory: string): { name: string; id: string }[] {
  const entries = ifThere(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries.flatMap((entry) => {
    if (!entry.isSymbolicLink() || entry.name.startsWith('.')) return [];
    const id = readLink(`${directory}/${entry.name}`);
    return id === undefined || !validName.test(id) ? [] : [{ name: entry.name, id }];
  });
}

/** Where a symbolic link leads; undefined where there is none. */
export function readLink(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'EINVAL')) return undefined; // EINVAL: it is none
    throw error;
  }
}

/**
 * The id of the container of that name, of that id, or whose id alone begins so (a made id, that is; a name that
 * `run()` was given is no such id).
 * @throws TcError CONTAINER_NOT_FOUND, CONTAINER_AMBIGUOUS
 */
export function findId(directory: string, nameOrId: string): string {
  if (!validName.test(nameOrId)) throw noSuchContainer(JSON.stringify(nameOrId));
  const linked = readLink(join(directory, nameOrId));
  const ids = listIds(directory);
  if (linked !== undefined && ids.includes(linked)) return linked;
  if (ids.includes(nameOrId)) return nameOrId;
  const [id, ...others] = ids.filter((each) => madeId.test(each) && each.startsWith(nameOrId));
  if (id === undefined) throw noSuchContainer(nameOrId);
  if (others.length === 0) return id;
  throw new TcError(`${others.length + 1} ids begin so`, {
    code: 'CONTAINER_AMBIGUOUS',
    operation: `find the container ${nameOrId}`,
    hint: `Give more digits: ${[id, ...others].slice(0, 5).join(', ')}.`,
  });
}
