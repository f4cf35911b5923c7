import type { ImageStore, Swept } from '@tc/images';
import type { Prunable } from '../cli/prune-filters.ts';
import { imageStore } from './image-users.ts';

/** @param all images with a name, too @param isMeant which of them may go; undefined: all */
export async function pruneImages(
  all: boolean,
  isMeant: ((image: Prunable) => boolean) | undefined,
): Promise<Swept> {
  const store = imageStore();
  if (isMeant === undefined) return await store.prune({ all });
  // Labels are read before: while images are removed, others wait. Who is added meanwhile stays.
  const meant = new Set<string>();
  for (const { digest, createdAt } of await store.list())
    if (isMeant({ createdAt, labels: await labelsOf(store, digest) })) meant.add(digest);
  return await store.prune({ all, keep: ({ digest }) => !meant.has(digest) });
}

async function labelsOf(store: ImageStore, digest: string): Promise<Prunable['labels']> {
  try {
    return (await store.get(digest)).config.settings.labels;
  } catch {
    return {}; // it is damaged, or was removed meanwhile
  }
}
