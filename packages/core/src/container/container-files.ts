import { type ContainerRoot, pinRunningRoot, withStoppedRoot } from '../files/container-root.ts';
import { type ContainerFiles, containerFiles } from '../files/files.ts';
import { whenSupervisorEnds } from '../state/alive.ts';
import { notRunning } from '../state/errors.ts';
import { alone, type ContainerReference, nameOf, stateDirectoryOf } from './reference.ts';
import { resolveContainer } from './resolve-container.ts';

/** The files of a container, in whichever state it is when each operation begins. */
export function filesOfContainer(reference: ContainerReference): ContainerFiles {
  const directory = stateDirectoryOf(reference);
  return containerFiles(async (use) => {
    const running = pinRunningRoot(directory);
    if (running !== undefined) return await useAndClose(running, use);
    return await alone(reference, async (record) => {
      const started = pinRunningRoot(directory);
      if (started !== undefined) return await useAndClose(started, use);
      if (record.config === undefined) throw notRunning(nameOf(record), 'open the files of');
      await whenSupervisorEnds(directory); // it has ended, and still has its layers mounted
      const { spec } = resolveContainer(reference.runtimeDirectory, record.config, { attach: false });
      return await withStoppedRoot({ rootfs: spec.rootfs, user: spec.namespaces.user }, use);
    });
  });
}

async function useAndClose<T>(root: ContainerRoot, use: (root: ContainerRoot) => Promise<T>): Promise<T> {
  using _ = root.pin;
  return await use(root);
}
