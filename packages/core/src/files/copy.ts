/** Copies between the host and a container. */
import { constants } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Pin, TcError } from '@tc/linux';
import type { ContainerPath } from './container-path.ts';
import type { ContainerRoot } from './container-root.ts';
import { type CopyOptions, copyRules } from './copy-options.ts';
import { type CopyResult, TreeCopy } from './copy-tree.ts';
import { doing } from './failures.ts';

const { O_DIRECTORY } = constants;

export async function copyIn(
  root: ContainerRoot,
  hostPath: string,
  { path, parent, name }: ContainerPath,
  options: CopyOptions,
  operation: string,
): Promise<CopyResult> {
  const copy = new TreeCopy(copyRules('in', root, options, operation));
  using source = await doing(operation, hostPath, () => Pin.host(hostPath));
  if (source.stats().isDirectory()) {
    // It may be there, also as a link to one: /var/run.
    using there = directoryAt(root.pin, path);
    if (there !== undefined) {
      await copy.fill(source, there, '');
      return copy.result;
    }
  }
  using directory = root.pin.resolve(parent, O_DIRECTORY);
  await copy.copy(source, { directory, name }, name, undefined);
  return copy.result;
}

export async function copyOut(
  root: ContainerRoot,
  { path }: ContainerPath,
  hostPath: string,
  options: CopyOptions,
  operation: string,
): Promise<CopyResult> {
  const copy = new TreeCopy(copyRules('out', root, options, operation));
  using source = root.pin.resolve(path);
  const target = resolve(hostPath);
  const parent = dirname(target);
  using directory = await doing(operation, parent, () => Pin.host(parent, O_DIRECTORY));
  const name = basename(target);
  if (name === '') {
    await copy.fill(source, directory, '');
    return copy.result;
  }
  refuseLink(directory, name, operation, target);
  await copy.copy(source, { directory, name }, name, undefined);
  return copy.result;
}

/** A file would take the link's place, and a directory be refused: both are not what was meant. */
function refuseLink(directory: Pin, name: string, operation: string, path: string): void {
  let isLink = false;
  try {
    using entry = directory.entry(name);
    isLink = entry.stats().isSymbolicLink();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  if (!isLink) return;
  throw new TcError('it is a symbolic link', {
    code: 'HOST_PATH_IS_A_LINK',
    operation,
    path,
    hint: 'Give the path that it leads to.',
  });
}

function directoryAt(root: Pin, path: string): Pin | undefined {
  try {
    return root.resolve(path, O_DIRECTORY);
  } catch {
    return undefined; // whatever it is, what comes next tells
  }
}
