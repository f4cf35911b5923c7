import type { ErrorEntry } from './entry.ts';

export const rootFileSystemErrors = {
  ROOTFS_NOT_FOUND: {
    cause: 'there is no such directory',
    cure: 'make one: `hostRootfs()` of @tc/images',
  },
  ROOTFS_NOT_A_DIRECTORY: {
    cause: 'it is a file',
    cure: 'unpack the archive first',
  },
  ROOTFS_UNUSABLE: {
    cause: "a directory such as /proc is missing, or is no directory, and can't be made",
    cure: 'make it, or use the mode `overlay`',
  },
  ROOTFS_UNSAFE: {
    cause: '/proc, /sys or /dev is a symbolic link',
    cure: 'make it a directory',
  },
  OVERLAY_UNSUPPORTED: {
    cause: "the kernel or the file system below can't do overlays",
    cure: 'another directory, or another `mode`',
  },
  OVERLAY_LAYERS_OVERLAP: {
    cause: 'one layer lies in another, or in the upper directory',
    cure: 'give directories apart from each other',
  },
  UPPER_NOT_FOUND: {
    cause: 'the directory of `upper` is not there',
    cure: 'make it',
  },
  UPPER_IN_USE: {
    cause: 'another container runs on it',
    cure: 'give each its own, or stop the other',
  },
  UPPER_UNSUITABLE: {
    cause: 'its file system or its owner does not allow an overlay',
    cure: 'ext4, xfs, btrfs or tmpfs, and owned by root inside',
  },
  MOUNT_SOURCE_NOT_FOUND: {
    cause: 'the source of a bind mount is not there',
    cure: 'make it first',
  },
  MOUNT_TARGET_NOT_FOUND: {
    cause: "the target is not there and can't be made",
    cure: 'make it in the image, or use an overlay',
  },
  MOUNT_TARGET_FORBIDDEN: {
    cause: 'the way to the target leads into /proc or /sys, or through a link to a shared mount',
    cure: 'choose another target',
  },
  MOUNT_TYPE_MISMATCH: {
    cause: 'a directory on a file, or a file on a directory',
    cure: 'give two of a kind',
  },
  MOUNT_NOT_SHARED: {
    cause: '`slave` or `shared`, and the source is on a private mount',
    cure: '`mount --bind DIR DIR && mount --make-shared DIR`',
  },
  ID_MAPPED_MOUNT_UNSUPPORTED: {
    cause: "a file system can't be id-mapped for the user namespace",
    cure: "ext4, xfs, btrfs, or tmpfs since Linux 6.3; or `user: 'self'`",
  },
} as const satisfies Record<string, ErrorEntry>;
