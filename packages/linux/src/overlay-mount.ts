import { closeSync } from 'node:fs';
import { systemCall } from './libc.ts';

export interface OverlayMount {
  /** The topmost first. Short names: fsconfig(2) takes 255 bytes for all of them. */
  readonly lower: readonly string[];
  /** Directories of one file system; without them it is read-only. */
  readonly upper?: { readonly upper: string; readonly work: string } | undefined;
  /** The upper layer was written in a user namespace. */
  readonly userXattr: boolean;
}

const [FSCONFIG_SET_FLAG, FSCONFIG_SET_STRING, FSCONFIG_CMD_CREATE] = [0, 1, 6];
const [FSOPEN_CLOEXEC, FSMOUNT_CLOEXEC] = [1, 1];
const [MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC] = [2, 4, 8];

/**
 * overlayfs as a mount that has no place in the file tree: only who has the descriptor sees it, and closing that ends
 * it. fsopen(2), fsmount(2).
 * @returns an O_PATH descriptor of its root. @throws SyscallError EPERM for an ordinary user
 */
export function overlayMount({ lower, upper, userXattr }: OverlayMount): number {
  const context = systemCall('fsopen', 'overlay', FSOPEN_CLOEXEC);
  try {
    const set = (key: string, value: string) =>
      systemCall('fsconfig', context, FSCONFIG_SET_STRING, key, value, 0);
    set('lowerdir', lower.join(':'));
    if (upper !== undefined) {
      set('upperdir', upper.upper);
      set('workdir', upper.work);
    }
    set('index', 'off');
    if (userXattr) systemCall('fsconfig', context, FSCONFIG_SET_FLAG, 'userxattr', 0, 0);
    systemCall('fsconfig', context, FSCONFIG_CMD_CREATE, 0, 0, 0);
    const attributes = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
    return systemCall('fsmount', context, FSMOUNT_CLOEXEC, attributes);
  } finally {
    closeSync(context);
  }
}
