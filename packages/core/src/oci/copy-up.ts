/** tmpcopyup: a tmpfs that starts with what the image has below it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, fchmodSync, openSync } from 'node:fs';
import { openat2, openFlags, resolveFlags, TcError } from '@tc/linux';

/**
 * From the root file system as the host sees it, where the tmpfs hides nothing, to the one that the container sees. Both
 * are found by descriptors: no link of the image leads out of either.
 */
export async function copyUp(
  rootfs: string,
  pid: number,
  { target, mode }: { readonly target: string; readonly mode: number | undefined },
): Promise<void> {
  const from = openBelow(rootfs, target);
  if (from === undefined) return;
  const to = openBelow(`/proc/${pid}/root`, target);
  try {
    if (to === undefined) return;
    const copy = spawn('cp', ['-a', '/proc/self/fd/3/.', '/proc/self/fd/4/'], {
      stdio: ['ignore', 'ignore', 'ignore', from, to],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin' },
    });
    const [code] = (await once(copy, 'close')) as [number | null];
    // cp gives the directory itself the owner and the mode of the image’s.
    if (mode !== undefined) fchmodSync(to, mode);
    if (code === 0) return;
    throw new TcError(`cp ended with ${code}`, {
      code: 'COPY_UP_FAILED',
      operation: `copy what is at ${target} into its tmpfs`,
      hint: 'Leave tmpcopyup out, or make the tmpfs larger.',
    });
  } finally {
    closeSync(from);
    if (to !== undefined) closeSync(to);
  }
}

function openBelow(root: string, target: string): number | undefined {
  const directory = openSync(root, 'r');
  try {
    const arch = process.arch === 'arm64' ? 'arm64' : 'x64';
    return openat2(directory, target, {
      flags: openFlags.O_DIRECTORY[arch] | openFlags.O_CLOEXEC,
      resolve: resolveFlags.RESOLVE_IN_ROOT | resolveFlags.RESOLVE_NO_MAGICLINKS,
    });
  } catch {
    return undefined; // the image has nothing there
  } finally {
    closeSync(directory);
  }
}
