import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ImageStore } from '@tc/images';
import type { Case } from '../interleave.ts';
import { timeSequences } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';
import { timedIn } from './suite.ts';

/** The same image of one layer, compressed with gzip, from the same registry. */
export async function pullCases(place: Workplace, tree: string, host: string): Promise<readonly Case[]> {
  const name = `${host}/bench:1`;
  const from = new ImageStore({ dataDir: join(place.directory, 'of-registry') });
  await from.import(`${tree}.gzip`, name);
  await from.push(name, undefined, { credentials: 'anonymous' });
  await from.remove(name);
  return [
    {
      name: 'ImageStore.pull()',
      measure: () =>
        timedIn(place, (dataDir) => new ImageStore({ dataDir }).pull(name, { credentials: 'anonymous' })),
    },
    {
      name: 'skopeo copy, umoci unpack',
      measure: () =>
        timedIn(place, (directory) => {
          const layout = join(directory, 'layout');
          const copy = ['skopeo', '--insecure-policy', 'copy', '-q', '--src-tls-verify=false'];
          return timeSequences([
            [
              [...copy, `docker://${name}`, `oci:${layout}:bench`],
              ['umoci', 'unpack', '--image', `${layout}:bench`, join(directory, 'bundle')],
            ],
          ]);
        }),
    },
    { name: 'podman pull', measure: () => timedIn(place, (directory) => podmanPull(directory, name)) },
  ];
}

function podmanPull(directory: string, name: string): Promise<number> {
  const configuration = join(directory, 'containers.conf');
  writeFileSync(configuration, '[engine]\nlock_type = "file"\n'); // it would leave a file in /dev/shm
  const places = ['--root', join(directory, 'root'), '--runroot', join(directory, 'run')];
  const podman = ['env', `CONTAINERS_CONF=${configuration}`, 'podman', ...places];
  return timeSequences([
    [[...podman, '--storage-driver', 'overlay', 'pull', '-q', '--tls-verify=false', name]],
  ]);
}
