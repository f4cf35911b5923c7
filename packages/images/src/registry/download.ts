import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcError } from '@tc/linux';
import { checkExpected } from '../store/blob-file.ts';
import { type RegistryClient, registryError } from './client.ts';

/** How often it may break off without a single byte between. */
const mostFruitless = 5;

/**
 * A blob into a new file. What breaks off goes on where it broke off, where the server can do that.
 * @throws TcError BLOB_MISMATCH, and those of `RegistryClient.request`
 */
export async function downloadBlob(
  client: RegistryClient,
  { digest, size }: { readonly digest: string; readonly size: number },
  path: string,
  {
    operation,
    signal,
    onBytes,
  }: {
    readonly operation: string;
    readonly signal?: AbortSignal | undefined;
    /** Below 0 where it begins anew. */
    readonly onBytes?: ((bytes: number) => void) | undefined;
  },
): Promise<void> {
  const file = await open(path, 'wx', 0o600);
  try {
    let hash = createHash('sha256');
    let done = 0;
    for (let fruitless = 0; done < size || size === 0; ) {
      const before = done;
      const headers = done === 0 ? {} : { range: `bytes=${done}-` };
      const response = await client.request(`blobs/${digest}`, { headers, operation });
      if (done > 0 && !goesOnAt(response, done)) {
        onBytes?.(-done);
        await file.truncate(0);
        hash = createHash('sha256');
        done = 0;
      }
      try {
        for await (const chunk of response.body ?? []) {
          done += chunk.length;
          if (done > size) throw tooLong(digest, size);
          hash.update(chunk);
          for (let rest: Uint8Array = chunk; rest.length > 0; )
            rest = rest.subarray((await file.write(rest, 0, rest.length, done - rest.length)).bytesWritten);
          onBytes?.(chunk.length);
        }
        if (done === size) break;
      } catch (error) {
        if (error instanceof TcError || signal?.aborted || isDiskError(error)) throw error;
      }
      fruitless = done > before ? 0 : fruitless + 1;
      if (fruitless === mostFruitless)
        throw registryError(
          `it breaks off after ${done} of ${size} bytes`,
          'REGISTRY_UNREACHABLE',
          operation,
        );
      await sleep(100 * 2 ** fruitless, undefined, { ...(signal && { signal }) });
    }
    checkExpected({ digest: `sha256:${hash.digest('hex')}`, size: done }, { digest, size });
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A server that knows no ranges sends all of it: 200. */
function goesOnAt(response: Response, offset: number): boolean {
  return (
    response.status === 206 && (response.headers.get('content-range') ?? '').startsWith(`bytes ${offset}-`)
  );
}

function isDiskError(error: unknown): boolean {
  return ['ENOSPC', 'EDQUOT', 'EIO', 'EFBIG', 'EROFS'].includes(
    String((error as NodeJS.ErrnoException).code),
  );
}

function tooLong(digest: string, size: number): TcError {
  return new TcError(`there are more than ${size} bytes`, {
    code: 'BLOB_MISMATCH',
    operation: `receive ${digest}`,
    hint: 'The registry sends something else than it says: nothing of it is kept.',
  });
}
