import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostRootfs, hostTools } from '@tc/images';

/** On a tmpfs where there is one: a file on a disk costs half a millisecond, and a container needs hundreds. */
export const fastDirectory = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

// Kept between runs: hostRootfs() finds out itself whether the host has changed since.
const dataDir = process.env['TCTL_DATA_DIR'] ?? join(fastDirectory, `tctl-tests-${process.geteuid?.()}`);

const image = await hostRootfs({ dataDir, tools: [...hostTools, 'perl'] });

/** The shared root file system, made of this machine's own programs. Never written to: use an overlay. */
export const hostRoot = image.path;
export const tools: ReadonlySet<string> = new Set(image.tools);

/** A root file system of one's own, with a shell and little else, to be spoilt. */
export async function ownRootfs(parent: string): Promise<string> {
  const names = ['sh', 'cat', 'ls', 'readlink', 'touch', 'mkdir', 'stat', 'id', 'rm', 'sleep', 'true', 'dd'];
  const small = await hostRootfs({ dataDir, tools: names });
  const directory = mkdtempSync(join(parent, 'rootfs-'));
  execFileSync('cp', ['-a', `${small.path}/.`, directory]);
  return directory;
}
