/** An image to a registry: its blobs, where they are not there yet, and then its manifest under a name. */
import { openAsBlob } from 'node:fs';
import { formatReference, type Reference } from '../names/reference.ts';
import type { ImageRecord } from '../store/records.ts';
import { layerMissing, type Store } from '../store/store.ts';
import { RegistryClient, registryError } from './client.ts';
import type { Credentials } from './credentials.ts';
import { inParallel } from './in-parallel.ts';
import { chosenCredentials } from './pull.ts';

export interface PushOptions {
  readonly credentials?: Credentials | 'anonymous' | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?:
    | ((progress: {
        readonly digest: string;
        readonly phase: 'there' | 'uploading' | 'done';
        readonly totalBytes: number;
      }) => void)
    | undefined;
}

export async function pushImage(
  store: Store,
  record: ImageRecord,
  reference: Reference,
  { credentials, signal, onProgress = () => {} }: PushOptions,
): Promise<void> {
  const operation = `push ${formatReference(reference)}`;
  const client = new RegistryClient(reference.registry, reference.repository, {
    credentials: await chosenCredentials(credentials, reference.registry),
    signal,
    actions: 'pull,push',
  });
  const blobs = new Map([
    [record.id, record.configSize],
    ...record.layers.map(({ digest, size }) => [digest, size] as const),
  ]);
  await inParallel([...blobs], 3, async ([digest, totalBytes]) => {
    if (!store.hasBlob(digest)) throw layerMissing(digest);
    const there = await client.request(`blobs/${digest}`, { method: 'HEAD', allowed: [404], operation });
    if (there.ok) {
      onProgress({ digest, phase: 'there', totalBytes });
      return;
    }
    onProgress({ digest, phase: 'uploading', totalBytes });
    await upload(client, store, digest, operation);
    onProgress({ digest, phase: 'done', totalBytes });
  });
  await client.request(`manifests/${reference.tag ?? record.manifest}`, {
    method: 'PUT',
    headers: { 'content-type': record.mediaType },
    body: store.blob(record.manifest).toString(),
    operation,
  });
}

/** In one piece: distribution-spec, "Pushing a blob monolithically". */
async function upload(
  client: RegistryClient,
  store: Store,
  digest: string,
  operation: string,
): Promise<void> {
  const begun = await client.request('blobs/uploads/', { method: 'POST', operation });
  const location = begun.headers.get('location');
  await begun.body?.cancel();
  if (location === null) throw registryError('it gave no place to upload to', 'REGISTRY_ERROR', operation);
  const url = new URL(location, begun.url);
  url.searchParams.set('digest', digest);
  await client.request(url.href, {
    method: 'PUT',
    headers: { 'content-type': 'application/octet-stream' },
    body: await openAsBlob(store.layout.blob(digest)),
    operation,
  });
}
