import { closeSync, constants, mkdtempSync, readFileSync, rmdirSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { overlayMount, Pin, SyscallError } from '@tc/linux';

/** ext4, XFS, Btrfs, tmpfs: linux/magic.h. */
const usual = [0xef53, 0x58465342, 0x9123683e, 0x01021994];

/**
 * Why the kernel makes no overlay of these directories: it has no overlayfs, or they lie on overlays that lie on
 * overlays (it stacks two), or on a file system that can't be a lower layer. It is asked by trying, which costs up to 3 ms
 * and needs root: for an ordinary user nothing is known before a container starts. It is not asked about file systems
 * that layers usually lie on, once the kernel has overlayfs loaded.
 * @param layers of an image @returns undefined where nothing speaks against it
 */
export function overlayRefusal(layers: readonly string[]): string | undefined {
  const [layer] = layers;
  if (layer === undefined) return undefined;
  if (process.geteuid?.() !== 0) return undefined;
  if (usual.includes(statfsSync(layer).type) && hasOverlay()) return undefined;
  // Two layers are the fewest that need no upper one.
  const empty = mkdtempSync(join(tmpdir(), 'tctl-overlay-'));
  try {
    using top = Pin.host(empty, constants.O_DIRECTORY);
    using below = Pin.host(layer, constants.O_DIRECTORY);
    closeSync(overlayMount({ lower: [top.path, below.path], userXattr: false }));
    return undefined;
  } catch (error) {
    if (!(error instanceof SyscallError)) throw error;
    if (error.code === 'ENODEV') return 'this kernel has no overlayfs';
    if (error.code === 'EINVAL') return `overlayfs takes no layers from ${layer}`;
    return undefined; // whoever starts the container says what that is
  } finally {
    rmdirSync(empty);
  }
}

function hasOverlay(): boolean {
  return /^nodev\toverlay$/m.test(readFileSync('/proc/filesystems', 'utf8'));
}
