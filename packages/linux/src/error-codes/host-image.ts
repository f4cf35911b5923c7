import type { ErrorEntry } from './entry.ts';

/** Of images that are made on this machine: `hostRootfs()`, and `debianArchive()`; and of where they are put. */
export const hostImageErrors = {
  HOST_UNSUPPORTED: {
    cause: 'this machine is neither x86-64 nor arm64',
    cure: 'give a directory: `--rootfs DIR`',
  },
  HOST_TOOL_NAME: {
    cause: 'a name in `tools` is none of a program',
    cure: 'names without a slash: `sh`, `ls`',
  },
  HOST_TOOL_MISSING: {
    cause: 'this machine has no such program',
    cure: 'install it, or leave it out',
  },
  HOST_TOOL_UNUSABLE: {
    cause: 'a program is nothing that can be copied: a script, or of another machine',
    cure: 'leave it out',
  },
  HOST_PATH_CONFLICT: {
    cause: 'two programs want different files at one path',
    cure: 'leave one of them out',
  },
  HOST_FILE_CHANGED: {
    cause: 'programs were being updated while they were copied',
    cure: 'try again when the update is done',
  },
  HOST_IMAGE_FAILED: {
    cause: 'the image could not be written',
    cure: '`cause` has the error of the file system',
  },
  LIBRARY_MISSING: {
    cause: 'a program needs a library that the loader does not find',
    cure: 'install the library, or leave the program out',
  },
  ELF_UNREADABLE: {
    cause: 'the system does not let a program be read',
    cure: 'become who may read it, or leave it out',
  },
  ELF_MALFORMED: {
    cause: 'a program contradicts elf(5) or its own size',
    cure: 'install it anew',
  },
  ELF_UNSUPPORTED: {
    cause: 'a program is not for 64-bit x86 or arm64',
    cure: 'leave it out',
  },
  ELF_NOT_ELF: {
    cause: 'a file is no program',
    cure: 'leave it out',
  },
  DATA_DIR_FULL: {
    cause: 'the disk of the data directory, or your quota, is used up',
    cure: '`tctl image prune`; or set `TCTL_DATA_DIR` to another disk',
  },
  DATA_DIR_NOT_WRITABLE: {
    cause: "the data directory can't be made or written to",
    cure: 'set `TCTL_DATA_DIR` (`dataDir`) to a directory of your own',
  },
  MMDEBSTRAP_MISSING: {
    cause: 'mmdebstrap(1) is not installed',
    cure: '`apt install mmdebstrap`',
  },
  DEBIAN_NAME: {
    cause: 'that is no name of a suite or a package',
    cure: 'write it as `bookworm`, `curl`',
  },
  DEBIAN_FAILED: {
    cause: 'mmdebstrap ended with an error',
    cure: 'its output is in the message',
  },
} as const satisfies Record<string, ErrorEntry>;
