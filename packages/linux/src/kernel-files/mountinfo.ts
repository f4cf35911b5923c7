import { ParseError } from '../errors.ts';
import { parseUint, splitLines } from './scan.ts';

/** One line of /proc/PID/mountinfo; see proc_pid_mountinfo(5) for the fields. Strings are decoded. */
export interface Mount {
  mountId: number;
  /** The mount that this one sits on; the top of the tree names itself or a mount that is not listed. */
  parentId: number;
  device: { major: number; minor: number };
  /**
   * The directory of the filesystem that is mounted: `/`, or a subdirectory for a bind mount. On cgroup
   * filesystems it is told relative to the reader's cgroup namespace (cgroup_namespaces(7)), so it can
   * be `/../..`.
   */
  root: string;
  /** Relative to the reader's root directory. */
  mountPoint: string;
  /** Per-mount options: `rw`, `nosuid`, `relatime`, ... */
  options: string[];
  /** Propagation and what may come: `shared:1`, `master:2`, `propagate_from:3`, `unbindable`. None: private. */
  optionalFields: string[];
  /** `ext4`, or with a subtype `fuse.sshfs`. */
  fsType: string;
  /** What was given to mount(2) as source; the empty string is possible. */
  source: string;
  /** Per-superblock options: `rw`, `size=12k`, and for cgroup v1 the controllers. */
  superOptions: string[];
}

const FORMAT = 'mountinfo';
const FIELDS_BEFORE_SEPARATOR = 6;

// The kernel writes space, tab, newline, backslash and # as three octal digits (fs/proc_namespace.c,
// seq_path(), mangle()). Only ASCII is ever escaped; a backslash that starts no escape stays: WSL's 9p
// prints Windows paths among its options.
function decode(field: string): string {
  return field.replace(/\\([01][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}

// Commas are split before decoding: the kernel escapes a comma inside a value.
function decodeList(field: string): string[] {
  return field.split(',').map(decode);
}

function parseDevice(field: string): Mount['device'] {
  const [major = '', minor = '', ...rest] = field.split(':');
  if (rest.length > 0) throw new ParseError(FORMAT, 'device is not major:minor', field);
  return { major: parseUint(FORMAT, major), minor: parseUint(FORMAT, minor) };
}

function parseLine(line: string): Mount {
  // One space at a time: `mount -t tmpfs "" /mnt` leaves the source empty between two spaces.
  const fields = line.split(' ');
  const separator = fields.indexOf('-', FIELDS_BEFORE_SEPARATOR);
  if (separator === -1) throw new ParseError(FORMAT, 'no " - " after the sixth field', line);
  const [mountId = '', parentId = '', device = '', root = '', mountPoint = '', options = ''] = fields;
  // Fields after the superblock options are ignored, those the kernel may add as well as the tail of an
  // unescaped space (cifs before Linux 3.10, WSL).
  const [fsType = '', source, superOptions] = fields.slice(separator + 1);
  if (fsType === '' || source === undefined || superOptions === undefined) {
    throw new ParseError(FORMAT, 'fewer than three fields after " - "', line);
  }
  // The root is not always a path: nsfs prints `net:[4026531840]`.
  if (root === '' || !mountPoint.startsWith('/'))
    throw new ParseError(FORMAT, 'no root or mount point', line);
  return {
    mountId: parseUint(FORMAT, mountId),
    parentId: parseUint(FORMAT, parentId),
    device: parseDevice(device),
    root: decode(root),
    mountPoint: decode(mountPoint),
    options: decodeList(options),
    optionalFields: fields.slice(FIELDS_BEFORE_SEPARATOR, separator),
    fsType: decode(fsType),
    source: decode(source),
    superOptions: decodeList(superOptions),
  };
}

/** Parses /proc/PID/mountinfo, proc_pid_mountinfo(5), in the kernel's order. */
export function parseMountinfo(text: string): Mount[] {
  return splitLines(text).map(parseLine);
}
