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
  O_NONBLOCK: 0o4000,
  O_DIRECTORY: { x64: 0o200000, arm64: 0o40000 },
  O_NOFOLLOW: { x64: 0o400000, arm64: 0o100000 },
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
} as const satisfies Constants;

/** linux/fcntl.h; openat(2) */
export const atFlags = {
  AT_FDCWD: -100,
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
  MS_PRIVATE: 1 << 18,
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
} as const satisfies Constants;

/** linux/prctl.h; prctl(2) */
export const prctlOptions = {
  PR_SET_PDEATHSIG: 1,
  PR_SET_KEEPCAPS: 8,
  PR_SET_NAME: 15,
  PR_CAPBSET_DROP: 24,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_CAP_AMBIENT: 47,
  PR_CAP_AMBIENT_CLEAR_ALL: 4,
} as const satisfies Constants;

/** Everything else that a launch program passes, each with its header. */
export const miscConstants = {
  /** linux/close_range.h */
  CLOSE_RANGE_CLOEXEC: 4,
  /** linux/keyctl.h */
  KEYCTL_JOIN_SESSION_KEYRING: 1,
  /** linux/socket.h, linux/net.h */
  AF_INET: 2,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0o2000000,
  MSG_NOSIGNAL: 0x4000,
  MSG_DONTWAIT: 0x40,
  /** linux/sockios.h */
  SIOCSIFFLAGS: 0x8914,
  /** asm-generic/fcntl.h, sys/file.h; flock(2) */
  LOCK_SH: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  /** asm-generic/signal-defs.h; sigprocmask(2) */
  SIG_SETMASK: 2,
  /** linux/time.h, linux/timerfd.h */
  CLOCK_MONOTONIC: 1,
  TFD_CLOEXEC: 0o2000000,
  /** linux/stat.h; mknod(2) */
  S_IFREG: 0o100000,
  S_IFCHR: 0o20000,
  /** linux/wait.h; wait4(2) */
  __WALL: 0x40000000,
  /** asm-generic/poll.h; poll(2) */
  POLLIN: 1,
} as const satisfies Constants;

/** linux/magic.h; statfs(2) */
export const fsMagic = {
  PROC_SUPER_MAGIC: 0x9fa0,
  SYSFS_MAGIC: 0x62656572,
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
