/** Hints in the words of the command line, where the library's name functions. By the code of the error. */
export const cliHints: Readonly<Record<string, string | undefined>> = {
  CONTAINER_NOT_FOUND: 'tctl ps -a lists the containers.',
  CONTAINER_EXISTS: 'Choose another name, or remove or rename that container first: tctl rm NAME.',
  CONTAINER_RUNNING: 'Stop it first: tctl stop NAME. tctl rm -f does both.',
  CONTAINER_PAUSED: 'tctl unpause NAME lets it go on.',
  CONTAINER_EPHEMERAL: 'A container of a tctl run without -d and -t has its name for life.',
  ROOTFS_NOT_FOUND:
    'Give the directory of a root file system, or the name of an image: host is always there.',
  REGISTRY_UNREACHABLE:
    'There is no image of that name here: tctl images lists them, and host is always there. To pull it, look at its spelling, and at the network.',
  STDIN_CLOSED: 'Make it with -i or -t.',
  IMAGE_NOT_FOUND:
    'tctl images lists them, tctl pull gets one; host is always there; to use a directory, give --rootfs DIR.',
  IMAGE_IN_USE: 'Remove the container first: tctl rm NAME. With -f only the names go.',
  LAYER_MISSING: 'tctl image verify --repair unpacks it anew from its blob; else get the image again.',
  HOST_PATH_NOT_A_FILE: 'Give another path, or -: tctl cp CONTAINER:PATH - writes an archive to stdout.',
  VOLUME_NOT_FOUND: 'tctl volume ls lists the volumes.',
};
