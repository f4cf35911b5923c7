import { existsSync } from 'node:fs';
import { chmod, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { TcError } from '@tc/linux';
import { hasErrno } from '../state/files.ts';
import { randomId } from '../state/names.ts';

/** Each of them leaves less. */
const mostTries = 100;

/**
 * Removes a directory that containers wrote to. They may have nested directories deeper than a path can be long, named
 * files in no encoding, and taken every permission away; overlayfs itself does that to `work/work`. So directories are
 * moved to the top before they are emptied. Links are removed, never followed.
 * @throws TcError NOT_REMOVED
 */
export async function removeStored(path: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const cause = await removeAll(path).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (cause === undefined || !existsSync(path)) return;
    // Another process removes it too, and has moved or emptied what this one is at.
    if (hasErrno(cause, 'ENOENT', 'ENOTEMPTY') && tries < mostTries) {
      await sleep(Math.random() * tries); // or they would go on taking directories away from each other
      continue;
    }
    throw new TcError((cause as Error).message, {
      code: 'NOT_REMOVED',
      operation: `remove ${path}`,
      path,
      hint: `Where it holds files of other users of a user namespace: unshare --map-auto --map-root-user rm -r ${path}`,
      cause,
    });
  }
}

async function removeAll(path: string): Promise<void> {
  const unused = join(path, `.${randomId()}-`); // no container could know it
  const waiting: (string | Buffer)[] = [path];
  let count = 0;
  for (let directory = waiting.pop(); directory !== undefined; directory = waiting.pop()) {
    await chmod(directory, 0o700);
    for (const entry of await readdir(directory, { withFileTypes: true, encoding: 'buffer' })) {
      const at = Buffer.concat([Buffer.from(directory), Buffer.from('/'), entry.name]);
      if (!entry.isDirectory()) {
        await unlink(at);
        continue;
      }
      await chmod(at, 0o700); // its entry ".." changes with the move: rename(2)
      count += 1;
      await rename(at, `${unused}${count}`);
      waiting.push(`${unused}${count}`);
    }
    if (directory !== path) await rmdir(directory);
  }
  await rmdir(path);
}
