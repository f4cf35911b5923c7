import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { it } from 'vitest';

const canChroot = process.geteuid?.() === 0 && existsSync('/usr/bin/unshare');

/** A test that needs root; elsewhere it is skipped and its title says why. */
export function itAsRoot(title: string, test: () => void | Promise<void>, timeoutMs = 30_000): void {
  it.runIf(canChroot)(
    canChroot ? title : `${title} (skipped: needs root and unshare)`,
    { timeout: timeoutMs },
    test,
  );
}

export interface ChrootResult {
  status: number | null;
  stdout: string;
  stderr: string;
}

/** Runs a shell script in a private mount namespace of the host, whose mounts go when it ends. */
export function runUnshared(script: string, args: readonly string[] = []): ChrootResult {
  const { status, stdout, stderr } = spawnSync('unshare', ['-m', 'sh', '-ec', script, 'sh', ...args], {
    encoding: 'utf8',
    timeout: 60_000,
    env: { ...process.env, TERM: 'xterm-256color' },
  });
  return { status, stdout, stderr };
}

/** Runs a shell script in the image, with /proc and /dev, a pid namespace of its own and nothing of our environment. */
export function runInRootfs(rootfs: string, script: string): ChrootResult {
  return runUnshared(
    `mount --bind "$1" "$1"; mount --rbind /dev "$1/dev"
     exec unshare -p -f sh -ec 'mount -t proc proc "$1/proc"
       exec env -i PATH=/usr/sbin:/usr/bin TERM=xterm-256color HOME=/root chroot "$1" /bin/sh -c "$2"' sh "$1" "$2"`,
    [rootfs, script],
  );
}
