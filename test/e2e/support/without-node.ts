/** The single-file executable, and a root file system of this machine's own programs in which it is the only runtime. */
import { execFileSync } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostRootfs, hostTools } from '@tc/images';
import { scaled } from '../../support/scale.ts';
import { environment, type Finished, repository, startCommand } from './command.ts';
import { newDirectory, newRoomyDirectory } from './suite.ts';

const app = join(repository, 'apps/tctl');
export const executable = join(repository, 'dist/tctl');

/** `pnpm sea`, where what is there is older than what it is made of. ./command.ts has built the bundles. */
export function makeExecutable(): void {
  const parts = readdirSync(join(app, 'dist')).filter((name) => name.endsWith('.bundle'));
  const newest = [...parts.map((name) => join(app, 'dist', name)), join(app, 'sea.mjs')]
    .concat(readdirSync(join(app, 'src/sea')).map((name) => join(app, 'src/sea', name)))
    .reduce((latest, path) => Math.max(latest, statSync(path).mtimeMs), 0);
  const made = statSync(executable, { throwIfNoEntry: false });
  if (made === undefined || made.mtimeMs < newest)
    execFileSync(process.execPath, ['sea.mjs'], { cwd: app, env: environment() });
}

/**
 * Enters a root file system for good, in a mount namespace of its own, so that nothing of this is left: what it had
 * before is nowhere to be found.
 */
const enter = `
set -e
mount --bind "$1" "$1"
for each in proc sys dev; do mount --rbind "/$each" "$1/$each"; done
for each in dev/shm tmp run var; do mount -t tmpfs tmpfs "$1/$each"; done
mkdir "$1/run/before" "$1/var/tmp"
cd "$1"
pivot_root . run/before
umount -l run/before
exec env -i PATH=/usr/bin:/bin TERM=screen sh -c "$2"
`;

export class RootWithoutNode {
  readonly #path: string;
  readonly #script = join(newDirectory(), 'enter');

  private constructor(path: string) {
    this.#path = path;
    writeFileSync(this.#script, enter);
  }

  static async make(): Promise<RootWithoutNode> {
    const path = [join(executable, '..'), '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');
    // It finds the libraries that the executable needs, as for every tool.
    const root = await hostRootfs({ dataDir: newRoomyDirectory(), path, tools: [...hostTools, 'tctl'] });
    return new RootWithoutNode(root.path);
  }

  /** The command for a shell script in there. */
  command(script: string): readonly string[] {
    return ['unshare', '--mount', '--propagation', 'private', 'sh', this.#script, this.#path, script];
  }

  run(script: string): Promise<Finished> {
    return startCommand(this.command(script), { timeout: scaled(100_000) }).ended;
  }
}
