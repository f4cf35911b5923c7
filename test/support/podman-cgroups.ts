import { existsSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupMountPoints } from './leftovers.ts';

/**
 * podman leaves the parent that it was given with `--cgroup-parent`, and conmon's groups in it, in all hierarchies.
 * A conmon is in there a moment longer than its container is known.
 */
export async function removePodmanParent(cgroupParent: string): Promise<void> {
  for (let left = 100; ; left -= 1) {
    try {
      for (const point of cgroupMountPoints()) removeEmpty(join(point, cgroupParent));
      return;
    } catch (error) {
      if (left === 0 || (error as NodeJS.ErrnoException).code !== 'EBUSY') throw error;
    }
    await sleep(100);
  }
}

function removeEmpty(path: string): void {
  if (!existsSync(path)) return;
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeEmpty(join(path, entry.name));
  rmdirSync(path);
}
