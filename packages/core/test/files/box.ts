/** A container's files for tests: a directory of the host, as that of a stopped container. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type StoppedContainer, withStoppedRoot } from '../../src/files/container-root.ts';
import { type ContainerFiles, containerFiles } from '../../src/files/files.ts';

export interface Box {
  readonly directory: string;
  /** The container's root directory. */
  readonly root: string;
  /** A directory of the host, beside it. */
  readonly host: string;
  readonly files: ContainerFiles;
  remove(): void;
}

export function filesOf(container: StoppedContainer): ContainerFiles {
  return containerFiles((use) => withStoppedRoot(container, use));
}

/** Only root can make devices, mount, and give files away. */
export const isRoot = process.geteuid?.() === 0;

/** An ordinary user is root in its own containers. */
const ownUser = isRoot
  ? undefined
  : { uidMap: `0 ${process.geteuid?.()} 1`, gidMap: `0 ${process.getegid?.()} 1`, shiftMounts: false };

export function newBox(user: StoppedContainer['user'] = ownUser): Box {
  const directory = mkdtempSync(join(tmpdir(), 'tctl-files-'));
  const [root, host] = [join(directory, 'root'), join(directory, 'host')];
  for (const path of [root, join(root, 'etc'), join(root, 'tmp'), host]) mkdirSync(path);
  return {
    directory,
    root,
    host,
    files: filesOf({ rootfs: { layers: [root], mode: 'rw', upper: undefined }, user }),
    remove: () => rmSync(directory, { recursive: true }),
  };
}
