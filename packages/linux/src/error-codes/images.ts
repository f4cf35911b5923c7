import type { ErrorEntry } from './entry.ts';

export const imageErrors = {
  IMAGE_NAME: {
    cause: 'that is no name of an image, or none that can be given',
    cure: 'write it as `alpine:3.20` or `localhost:5000/me/app`',
  },
  IMAGE_NOT_FOUND: {
    cause: 'there is no such image here',
    cure: '`tctl images` lists them, `tctl pull` gets one; in a program `list()` and `pull()`',
  },
  IMAGE_AMBIGUOUS: {
    cause: 'several ids begin so',
    cure: 'give more digits',
  },
  IMAGE_IN_USE: {
    cause: 'a container has it',
    cure: 'remove that first; with `force` (`-f`) the names go, and the files later',
  },
  IMAGE_INVALID: {
    cause: 'a manifest, index or configuration is not one, or there is none for the platform',
    cure: 'the message says which; `--platform` asks for another',
  },
  IMAGE_COMMAND: {
    cause: 'neither the image nor the user says what to run',
    cure: 'name a program after the image',
  },
  IMAGE_STORE_BUSY: {
    cause: 'others add something for longer than 10 s, or sweep for longer than a minute',
    cure: 'try again',
  },
  IMAGE_STORE: {
    cause: "the store can't be used",
    cure: '`cause` has the error of the file system',
  },
  LAYER_MISSING: {
    cause: 'a layer or a blob of an image is gone',
    cure: '`tctl image verify --repair` (`repair()`), or get the image again',
  },
  LAYER_ESCAPES: {
    cause: 'an archive tries to leave its root',
    cure: "don't trust it",
  },
  LAYER_INVALID: {
    cause: "an archive has names that can't be",
    cure: 'make the archive anew',
  },
  LAYER_CONFLICT: {
    cause: 'an archive has members that contradict each other',
    cure: 'make the archive anew',
  },
  LAYER_TOO_LARGE: {
    cause: 'more than `rules` allow',
    cure: 'raise them, where you trust it',
  },
  LAYER_DEVICE: {
    cause: 'a device in an archive, where `devices` is `refuse`',
    cure: 'leave `devices` at `skip`: a container gets its own /dev',
  },
  LAYER_REDIRECTED: {
    cause: "the kernel's overlayfs moved names or contents elsewhere",
    cure: 'turn `redirect_dir` and `metacopy` of overlayfs off, and make the container anew',
  },
  PLATFORM: {
    cause: 'that is no platform',
    cure: 'write it as `linux/arm64`',
  },
  SOURCE_NOT_FOUND: {
    cause: 'there is no such file or directory to import or load',
    cure: 'check the path',
  },
  ARCHIVE_UNKNOWN: {
    cause: 'it is neither a docker-archive nor an OCI layout',
    cure: '`import` takes root file systems, `load` images',
  },
  TAR_INVALID: {
    cause: 'it is no tar archive, or a damaged one',
    cure: 'get it again',
  },
  TAR_TRUNCATED: {
    cause: 'the archive ends in the middle of a member',
    cure: 'get it again',
  },
  TAR_UNSUPPORTED: {
    cause: 'the archive has members of a kind that is not known',
    cure: 'make it with `tar --format=pax` or `--format=gnu`',
  },
  TAR_COMPRESSION: {
    cause: 'what is compressed is damaged',
    cure: 'get it again',
  },
  COMPRESSION_UNSUPPORTED: {
    cause: 'bzip2 or xz',
    cure: 'pipe it through `xz -dc` or `bzip2 -dc`',
  },
  BLOB_MISMATCH: {
    cause: 'a blob or a layer is not what its digest says',
    cure: 'try again; where it stays so, whoever serves it is broken or lies',
  },
  FILE_CHANGED: {
    cause: 'a file became shorter while it was read',
    cure: 'pause the container',
  },
  NOTHING_KEPT: {
    cause: 'what the container writes is in memory, and goes with it',
    cure: '`commit`, `diff` and `export` need a container that stays: `tctl run -d` or `tctl create` without `--rm`',
  },
} as const satisfies Record<string, ErrorEntry>;
