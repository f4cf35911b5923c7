import { Container } from '@tc/core';
import { parseOptions } from '../../cli/options.ts';
import { keptOnDisk, resolveImage } from '../../commands/image.ts';
import { keepStdin } from '../../commands/keep-stdin.ts';
import { toKeptOptions, toRunOptions } from '../../commands/to-run-options.ts';
import { runOptions } from '../../table/run-options.ts';
import type { SpawnRequest } from '../actions/actions.ts';
import { runArguments } from '../actions/run-words.ts';

const usage = 'tctl run [OPTIONS] (IMAGE | --rootfs DIR) COMMAND [ARG...]';

/** What the `tctl run -d` does that the dialog shows, from its very words. */
export async function spawnContainer(
  request: SpawnRequest,
  onProgress: (text: string) => void,
): Promise<Container> {
  const { values, rest } = parseOptions(runOptions, runArguments(request));
  if (request.image !== '' && request.image !== 'host') await pullWhereMissing(request.image, onProgress);
  // What a pull says would be written over the dashboard.
  const resolved = await resolveImage({ ...values, pull: 'never' }, rest, usage, { warn: onProgress });
  const { image, command, rootfs, apply, volumes } = resolved;
  const options = { ...apply({ ...toRunOptions(values), ...toKeptOptions(values) }), rootfs };
  const ofImage = await volumes(options);
  const container = await Container.create(
    keepStdin(
      {
        ...options,
        mounts: [...ofImage, ...(options.mounts ?? [])],
        rootfs: keptOnDisk(rootfs),
        command,
        ...(image === undefined ? {} : { image }),
        detached: true,
      },
      values,
    ),
  );
  try {
    await container.start();
  } catch (error) {
    await container.remove({ force: true }).catch(() => {}); // what went wrong first is what counts
    throw error;
  }
  return container;
}

async function pullWhereMissing(image: string, onProgress: (text: string) => void): Promise<void> {
  const { imageStore } = await import('../../commands/images.ts');
  const store = imageStore();
  const isThere = await store.get(image).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  const bytesOf = new Map<string, number>();
  const totals = new Map<string, number>();
  await store.pull(image, {
    onProgress({ digest, phase, bytes, totalBytes }) {
      if (phase === 'downloading') bytesOf.set(digest, bytes);
      totals.set(digest, totalBytes);
      const share = sum(bytesOf) / Math.max(1, sum(totals));
      onProgress(`Pulling ${image}: ${Math.round(Math.min(1, share) * 100)} % …`);
    },
  });
}

function sum(numbers: ReadonlyMap<string, number>): number {
  return [...numbers.values()].reduce((total, each) => total + each, 0);
}

/** What can be written into the field for the image. */
export async function imageNames(): Promise<readonly string[]> {
  const { imageStore } = await import('../../commands/images.ts');
  const images = await imageStore().list();
  return ['host', ...images.flatMap(({ names }) => names.map(familiar)).sort()];
}

/** As people write it: https://github.com/distribution/reference, FamiliarName(). */
function familiar(name: string): string {
  return name.replace(/^docker\.io\/(?:library\/)?/, '');
}
