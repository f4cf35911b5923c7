import { mkdirSync, readdirSync, rmdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { hostRootfs } from '@tc/images';

/** Everything that the benchmark leaves on the machine while it runs, all of it on a tmpfs. */
export interface Workplace {
  readonly directory: string;
  /** Of @tc/images. */
  readonly dataDirectory: string;
  /** A root file system with /bin/true. */
  readonly rootfs: string;
  /** A name that no other container has, and by which leftovers are found. */
  id(): string;
  /** Removes everything. @returns the cgroups that runtimes had left behind. */
  remove(): string[];
}

export async function makeWorkplace(): Promise<Workplace> {
  const name = `tctl-bench-${process.pid}`;
  const directory = `/dev/shm/${name}`;
  mkdirSync(directory, { mode: 0o755 });
  const dataDirectory = join(directory, 'data');
  const { path: rootfs } = await hostRootfs({ dataDir: dataDirectory });
  for (const each of ['proc', 'sys', 'dev', 'tmp']) mkdirSync(join(rootfs, each), { recursive: true });
  let count = 0;
  return {
    directory,
    dataDirectory,
    rootfs,
    id: () => `${name}-${++count}`,
    remove() {
      rmSync(directory, { recursive: true });
      const left = cgroupsNamed(`${name}-`);
      for (const cgroup of left) rmdirSync(cgroup);
      return left;
    },
  };
}

/** In the roots of all hierarchies, and one level below: no runtime here is told to use another place. */
function cgroupsNamed(part: string): string[] {
  const root = '/sys/fs/cgroup';
  const paths = readdirSync(root, { withFileTypes: true, recursive: false })
    .filter((entry) => entry.isDirectory())
    .flatMap((entry) => [join(root, entry.name), ...below(join(root, entry.name))]);
  return [...new Set(paths)].filter((path) => path.slice(root.length).includes(part));
}

function below(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(directory, name));
}
