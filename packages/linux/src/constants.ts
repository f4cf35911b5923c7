/**
 * Kernel constants, under the kernel's own names. Source: the UAPI headers named in each comment (Linux 6.1;
 * these never change). A pair holds the two architectures' numbers where they differ.
 */

/** A number that is the same on every architecture, or one for each. */
export type Num = number | { readonly x64: number; readonly arm64: number };
export type Constants = Readonly<Record<string, Num>>;

/** linux/sched.h; clone(2), unshare(2) */
export const cloneFlags = {
  CLONE_NEWTIME: 0x80,
  CLONE_PIDFD: 0x1000,
  CLONE_PARENT: 0x8000,
  CLONE_NEWNS: 0x20000,
  CLONE_NEWCGROUP: 0x2000000,
  CLONE_NEWUTS: 0x4000000,
  CLONE_NEWIPC: 0x8000000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNET: 0x40000000,
  CLONE_INTO_CGROUP: 0x200000000,
} as const satisfies Constants;

/** asm-generic/fcntl.h, and arch/arm64/include/uapi/asm/fcntl.h for the two that differ; open(2) */
export const openFlags = {
  O_RDONLY: 0,
  O_WRONLY: 1,
  O_RDWR: 2,
  O_CREAT: 0o100,
  O_EXCL: 0o200,
  O_NOCTTY: 0o400,
  O_TRUNC: 0o1000,
  O_APPEND: 0o2000,
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: { x64: 0o200000, arm64: 0o40000 },
  O_NOFOLLOW: { x64: 0o400000, arm64: 0o100000 },
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
} as const satisfies Constants;

/** linux/fcntl.h; openat(2) */
export const atFlags = {
  AT_FDCWD: -100,
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_REMOVEDIR: 0x200,
  AT_EMPTY_PATH: 0x1000,
  AT_RECURSIVE: 0x8000,
} as const satisfies Constants;

/** linux/openat2.h; openat2(2) */
export const resolveFlags = {
  RESOLVE_NO_XDEV: 1,
  RESOLVE_NO_MAGICLINKS: 2,
  RESOLVE_NO_SYMLINKS: 4,
  RESOLVE_BENEATH: 8,
  RESOLVE_IN_ROOT: 16,
} as const satisfies Constants;

/** linux/mount.h; mount(2), move_mount(2), mount_setattr(2), fsopen(2) */
export const mountFlags = {
  MS_REC: 16384,
  MS_UNBINDABLE: 1 << 17,
  MS_PRIVATE: 1 << 18,
  MS_SLAVE: 1 << 19,
  MS_SHARED: 1 << 20,
  MNT_DETACH: 2,
  OPEN_TREE_CLONE: 1,
  OPEN_TREE_CLOEXEC: 0o2000000,
  AT_EMPTY_PATH: 0x1000,
  AT_RECURSIVE: 0x8000,
  MOVE_MOUNT_F_EMPTY_PATH: 4,
  MOVE_MOUNT_T_EMPTY_PATH: 0x40,
  FSOPEN_CLOEXEC: 1,
  FSMOUNT_CLOEXEC: 1,
  FSCONFIG_SET_FLAG: 0,
  FSCONFIG_SET_STRING: 1,
  FSCONFIG_CMD_CREATE: 6,
  MOUNT_ATTR_RDONLY: 1,
  MOUNT_ATTR_NOSUID: 2,
  MOUNT_ATTR_NODEV: 4,
  MOUNT_ATTR_NOEXEC: 8,
  MOUNT_ATTR__ATIME: 0x70,
  MOUNT_ATTR_NOATIME: 0x10,
  MOUNT_ATTR_STRICTATIME: 0x20,
  MOUNT_ATTR_NODIRATIME: 0x80,
  MOUNT_ATTR_IDMAP: 0x100000,
  MOUNT_ATTR_NOSYMFOLLOW: 0x200000,
} as const satisfies Constants;

/** linux/prctl.h; prctl(2) */
export const prctlOptions = {
  PR_SET_PDEATHSIG: 1,
  PR_SET_DUMPABLE: 4,
  PR_SET_KEEPCAPS: 8,
  PR_SET_NAME: 15,
  PR_CAPBSET_DROP: 24,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_SET_PTRACER: 0x59616d61,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_CAP_AMBIENT: 47,
  PR_CAP_AMBIENT_RAISE: 2,
  PR_CAP_AMBIENT_CLEAR_ALL: 4,
} as const satisfies Constants;

/** Everything else that a launch program passes, each with its header. */
/** linux/seccomp.h: seccomp(2) */
export const seccompConstants = {
  SECCOMP_SET_MODE_FILTER: 1,
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_NEW_LISTENER: 8,
} as const satisfies Constants;

/** linux/landlock.h */
export const landlockConstants = {
  LANDLOCK_CREATE_RULESET_VERSION: 1,
  LANDLOCK_RULE_PATH_BENEATH: 1,
  LANDLOCK_RULE_NET_PORT: 2,
  LANDLOCK_ACCESS_FS_EXECUTE: 0x1,
  LANDLOCK_ACCESS_FS_WRITE_FILE: 0x2,
  LANDLOCK_ACCESS_FS_READ_FILE: 0x4,
  LANDLOCK_ACCESS_FS_READ_DIR: 0x8,
  LANDLOCK_ACCESS_FS_REMOVE_DIR: 0x10,
  LANDLOCK_ACCESS_FS_REMOVE_FILE: 0x20,
  LANDLOCK_ACCESS_FS_MAKE_CHAR: 0x40,
  LANDLOCK_ACCESS_FS_MAKE_DIR: 0x80,
  LANDLOCK_ACCESS_FS_MAKE_REG: 0x100,
  LANDLOCK_ACCESS_FS_MAKE_SOCK: 0x200,
  LANDLOCK_ACCESS_FS_MAKE_FIFO: 0x400,
  LANDLOCK_ACCESS_FS_MAKE_BLOCK: 0x800,
  LANDLOCK_ACCESS_FS_MAKE_SYM: 0x1000,
  LANDLOCK_ACCESS_FS_REFER: 0x2000,
  LANDLOCK_ACCESS_FS_TRUNCATE: 0x4000,
  LANDLOCK_ACCESS_FS_IOCTL_DEV: 0x8000,
  LANDLOCK_ACCESS_NET_BIND_TCP: 1,
  LANDLOCK_ACCESS_NET_CONNECT_TCP: 2,
} as const satisfies Constants;

export const miscConstants = {
  /** linux/bpf.h */
  BPF_PROG_LOAD: 5,
  BPF_PROG_ATTACH: 8,
  BPF_PROG_TYPE_CGROUP_DEVICE: 15,
  BPF_CGROUP_DEVICE: 6,
  /** linux/close_range.h */
  CLOSE_RANGE_CLOEXEC: 4,
  /** linux/keyctl.h */
  KEYCTL_JOIN_SESSION_KEYRING: 1,
  /** linux/socket.h, linux/net.h */
  AF_UNIX: 1,
  AF_INET: 2,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0o2000000,
  MSG_NOSIGNAL: 0x4000,
  MSG_DONTWAIT: 0x40,
  MSG_CMSG_CLOEXEC: 0x40000000,
  SOL_SOCKET: 1,
  SCM_RIGHTS: 1,
  /** linux/sockios.h */
  SIOCSIFFLAGS: 0x8914,
  /** linux/nsfs.h; ioctl_nsfs(2) */
  NS_GET_USERNS: 0xb701,
  /** asm-generic/ioctls.h; ioctl_tty(2) */
  TIOCSCTTY: 0x540e,
  TIOCSWINSZ: 0x5414,
  TIOCSPTLCK: 0x40045431,
  TIOCGPTPEER: 0x5441,
  /** asm-generic/fcntl.h; fcntl(2), lseek(2) */
  F_SETFL: 4,
  SEEK_END: 2,
  /** asm-generic/fcntl.h, sys/file.h; flock(2) */
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  /** asm-generic/signal-defs.h; sigprocmask(2) */
  SIG_SETMASK: 2,
  /** linux/time.h, linux/timerfd.h */
  CLOCK_REALTIME: 0,
  CLOCK_MONOTONIC: 1,
  TFD_CLOEXEC: 0o2000000,
  /** linux/eventfd.h */
  EFD_CLOEXEC: 0o2000000,
  EFD_NONBLOCK: 0o4000,
  /** linux/stat.h; mknod(2) */
  S_IFREG: 0o100000,
  S_IFIFO: 0o10000,
  S_IFCHR: 0o20000,
  /** linux/wait.h; wait4(2) */
  WNOHANG: 1,
  __WALL: 0x40000000,
  /** asm-generic/poll.h; poll(2) */
  POLLIN: 1,
  POLLPRI: 2,
  POLLRDHUP: 0x2000,
} as const satisfies Constants;

/** linux/magic.h; statfs(2) */
export const fsMagic = {
  PROC_SUPER_MAGIC: 0x9fa0,
  SYSFS_MAGIC: 0x62656572,
  DEVPTS_SUPER_MAGIC: 0x1cd1,
  CGROUP_SUPER_MAGIC: 0x27e0eb,
  CGROUP2_SUPER_MAGIC: 0x63677270,
} as const satisfies Constants;

/** linux/memfd.h, linux/fcntl.h; memfd_create(2), fcntl(2) */
export const memfd = {
  MFD_CLOEXEC: 1,
  MFD_ALLOW_SEALING: 2,
  /** Since Linux 6.3; older kernels answer EINVAL. */
  MFD_EXEC: 0x10,
  F_DUPFD_CLOEXEC: 1030,
  F_ADD_SEALS: 1033,
  F_GET_SEALS: 1034,
  F_SEAL_SEAL: 1,
  F_SEAL_SHRINK: 2,
  F_SEAL_GROW: 4,
  F_SEAL_WRITE: 8,
} as const;

/** linux/capability.h, in order: the index is the capability's number; capabilities(7) */
export const capabilityNames = [
  'CAP_CHOWN',
  'CAP_DAC_OVERRIDE',
  'CAP_DAC_READ_SEARCH',
  'CAP_FOWNER',
  'CAP_FSETID',
  'CAP_KILL',
  'CAP_SETGID',
  'CAP_SETUID',
  'CAP_SETPCAP',
  'CAP_LINUX_IMMUTABLE',
  'CAP_NET_BIND_SERVICE',
  'CAP_NET_BROADCAST',
  'CAP_NET_ADMIN',
  'CAP_NET_RAW',
  'CAP_IPC_LOCK',
  'CAP_IPC_OWNER',
  'CAP_SYS_MODULE',
  'CAP_SYS_RAWIO',
  'CAP_SYS_CHROOT',
  'CAP_SYS_PTRACE',
  'CAP_SYS_PACCT',
  'CAP_SYS_ADMIN',
  'CAP_SYS_BOOT',
  'CAP_SYS_NICE',
  'CAP_SYS_RESOURCE',
  'CAP_SYS_TIME',
  'CAP_SYS_TTY_CONFIG',
  'CAP_MKNOD',
  'CAP_LEASE',
  'CAP_AUDIT_WRITE',
  'CAP_AUDIT_CONTROL',
  'CAP_SETFCAP',
  'CAP_MAC_OVERRIDE',
  'CAP_MAC_ADMIN',
  'CAP_SYSLOG',
  'CAP_WAKE_ALARM',
  'CAP_BLOCK_SUSPEND',
  'CAP_AUDIT_READ',
  'CAP_PERFMON',
  'CAP_BPF',
  'CAP_CHECKPOINT_RESTORE',
] as const;
export type CapabilityName = (typeof capabilityNames)[number];
