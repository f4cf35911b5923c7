import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ImageStore } from '@tc/images';
import type { Case } from '../interleave.ts';
import { timeCommands } from '../time-commands.ts';
import type { Workplace } from '../workplace.ts';
import { timedIn } from './suite.ts';

/** `ImageStore.import`, GNU tar, and umoci, which takes its image from an OCI layout that was made before. */
export async function unpackCases(
  place: Workplace,
  tree: string,
  compression: 'plain' | 'gzip' | 'zstd',
): Promise<readonly Case[]> {
  const archive = compressed(tree, compression);
  const layout = join(place.directory, `layout-${compression}`);
  await makeLayout(place, archive, layout);
  return [
    {
      name: 'ImageStore.import()',
      measure: () =>
        timedIn(place, (directory) => new ImageStore({ dataDir: directory }).import(archive, 'bench')),
    },
    {
      name: 'tar -x',
      measure: () =>
        timedIn(place, (directory) =>
          timeCommands([
            ['tar', '-x', '--xattrs', '--xattrs-include=*', '-f', archive, '-C', join(directory, 'tree')],
          ]),
        ),
    },
    // umoci 0.4 knows no zstd.
    ...(compression === 'zstd' ? [] : [umoci(place, layout)]),
  ];
}

function umoci(place: Workplace, layout: string): Case {
  return {
    name: 'umoci unpack',
    measure: () =>
      timedIn(place, (directory) =>
        timeCommands([['umoci', 'unpack', '--image', `${layout}:bench`, join(directory, 'bundle')]]),
      ),
  };
}

function compressed(tree: string, compression: 'plain' | 'gzip' | 'zstd'): string {
  if (compression === 'plain') return tree;
  const file = `${tree}.${compression}`;
  execFileSync('sh', ['-c', `${compression === 'gzip' ? 'gzip -6' : 'zstd -q'} -c "$0" > "$1"`, tree, file]);
  return file;
}

async function makeLayout(place: Workplace, archive: string, layout: string): Promise<void> {
  const dataDir = join(place.directory, 'of-layouts');
  const file = `${layout}.tar`;
  const store = new ImageStore({ dataDir });
  await store.import(archive, 'bench');
  await pipeline(store.save(['bench']), createWriteStream(file));
  execFileSync('skopeo', ['--insecure-policy', 'copy', '-q', `oci-archive:${file}`, `oci:${layout}:bench`]);
  execFileSync('rm', ['-rf', dataDir, file]);
}
