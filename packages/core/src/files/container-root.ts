/** The root directory of a container, as a descriptor. */
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { flock, miscConstants, overlayMount, Pin, SyscallError, TcError } from '@tc/linux';
import type { RootfsSpec, UserNamespaceSpec } from '../launch/spec.ts';
import { ifThere } from '../state/files.ts';
import { pinRunning } from '../state/pin-running.ts';
import { IdMap, type IdMaps } from './id-map.ts';

export interface ContainerRoot {
  readonly pin: Pin;
  readonly ids: IdMaps;
  /** Why it can't be written to. */
  readonly readOnly: string | undefined;
}

/** What a container that does not run is made of. */
export interface StoppedContainer {
  readonly rootfs: Pick<RootfsSpec, 'layers' | 'mode' | 'upper'>;
  readonly user: Pick<UserNamespaceSpec, 'uidMap' | 'gidMap' | 'shiftMounts'> | undefined;
}

/** What the first process of a running container sees, with all that is mounted. */
export function pinRunningRoot(stateDirectory: string): ContainerRoot | undefined {
  return pinRunning(
    stateDirectory,
    ({ pid }) =>
      ifThere(() => {
        const read = (name: string) => readFileSync(`/proc/${pid}/${name}`, 'utf8');
        const ids = { uids: new IdMap(read('uid_map')), gids: new IdMap(read('gid_map')) };
        return { pin: Pin.host(`/proc/${pid}/root`), ids, readOnly: undefined };
      }),
    ({ pin }) => pin[Symbol.dispose](),
  );
}

/**
 * What is on disk. It must not start meanwhile.
 * @throws TcError CONTAINER_NOT_RUNNING where an ordinary user asks for layers; UPPER_IN_USE
 */
export async function withStoppedRoot<T>(
  container: StoppedContainer,
  use: (root: ContainerRoot) => Promise<T>,
): Promise<T> {
  const opened: Disposable[] = [];
  try {
    return await use(openStoppedRoot(container, opened));
  } finally {
    for (const each of opened.reverse()) each[Symbol.dispose]();
  }
}

/** @param opened takes what is to be closed afterwards, also where this fails */
function openStoppedRoot({ rootfs, user }: StoppedContainer, opened: Disposable[]): ContainerRoot {
  // Where mounts are shifted, ids on the disk are those that the container sees.
  const maps = user?.shiftMounts ? undefined : user;
  const ids = { uids: new IdMap(maps?.uidMap), gids: new IdMap(maps?.gidMap) };
  const { layers, mode, upper } = rootfs;
  const keep = (pin: Pin): Pin => {
    opened.push(pin);
    return pin;
  };
  const open = (path: string): Pin => keep(Pin.host(path));
  if (mode === 'rw') return { pin: open(layers[0]), ids, readOnly: undefined };
  if (mode === 'ro') return { pin: open(layers[0]), ids, readOnly: 'its root file system is read-only' };
  const kept = upper !== undefined && existsSync(join(upper, 'upper'));
  if (!kept && layers.length === 1) return { pin: open(layers[0]), ids, readOnly: nothingKept };
  // By descriptor, names are short, and have no colon.
  const lower = layers.map((layer) => open(layer).path);
  const directories = kept
    ? { upper: open(join(upper, 'upper')), work: open(join(upper, 'work')) }
    : undefined;
  if (kept) lock(upper, opened);
  try {
    const fd = overlayMount({
      lower,
      upper: directories && { upper: directories.upper.path, work: directories.work.path },
      userXattr: user !== undefined,
    });
    return { pin: keep(new Pin(fd)), ids, readOnly: kept ? undefined : nothingKept };
  } catch (cause) {
    if (!(cause instanceof SyscallError)) throw cause;
    throw new TcError('it does not run, and its layers can’t be put together', {
      code: 'CONTAINER_NOT_RUNNING',
      operation: 'open its root file system',
      hint: 'Start it first. Only root can look into a stopped container that has an overlay.',
      cause,
    });
  }
}

const nothingKept = 'it does not run, and what it writes is kept in memory or was not written yet';

/** As its supervisor does: two overlays on one upper directory would spoil it. */
function lock(upper: string, opened: Disposable[]): void {
  const fd = openSync(upper, 'r');
  opened.push({ [Symbol.dispose]: () => closeSync(fd) });
  if (flock(fd, miscConstants.LOCK_EX | miscConstants.LOCK_NB)) return;
  throw new TcError('another container uses its directory', {
    code: 'UPPER_IN_USE',
    operation: `lock ${upper}`,
    path: upper,
    hint: 'Stop that container first.',
  });
}
