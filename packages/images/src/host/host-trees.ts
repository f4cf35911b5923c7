import { readdirSync } from 'node:fs';
import { dataDirectory } from '@tc/linux';
import { HostStore } from './store.ts';

/** The root file systems that `hostRootfs()` has made, of this state of the host and of earlier ones: directories. */
export function hostTrees(dataDir: string = dataDirectory()): string[] {
  const store = new HostStore(dataDir);
  let names: string[];
  try {
    names = readdirSync(store.directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
  return names
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .toSorted()
    .map((name) => store.rootfs(name));
}
