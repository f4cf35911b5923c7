import type { SeccompProfile, SeccompRule } from './profile.ts';

/**
 * What every program may do, as far as it has the privileges. The list is Docker's (moby: profiles/seccomp/default.json)
 * without what it allows for other architectures, and without name_to_handle_at(2), which needs a host's help to be of
 * use. Not in it, and so refused: kernel keyrings, which have no namespace; io_uring, which does what other rules
 * refuse; bpf, userfaultfd, perf events; mounts and namespaces; modules, kexec, swap, clocks of the host.
 */
const harmless = `
accept accept4 access adjtimex alarm bind brk cachestat capget capset chdir chmod chown clock_adjtime
clock_getres clock_gettime clock_nanosleep close close_range connect copy_file_range creat dup dup2 dup3
epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old eventfd
eventfd2 execve execveat exit exit_group faccessat faccessat2 fadvise64 fallocate fanotify_mark fchdir fchmod
fchmodat fchmodat2 fchown fchownat fcntl fdatasync fgetxattr file_getattr file_setattr flistxattr flock fork
fremovexattr fsetxattr fstat fstatfs fsync ftruncate futex futex_requeue futex_wait futex_waitv futex_wake
futimesat get_robust_list get_thread_area getcpu getcwd getdents getdents64 getegid geteuid getgid getgroups
getitimer getpeername getpgid getpgrp getpid getppid getpriority getrandom getresgid getresuid getrlimit
getrusage getsid getsockname getsockopt gettid gettimeofday getuid getxattr getxattrat inotify_add_watch
inotify_init inotify_init1 inotify_rm_watch io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit
ioprio_get ioprio_set kill landlock_add_rule landlock_create_ruleset landlock_restrict_self lchown lgetxattr
link linkat listen listxattr listxattrat llistxattr lremovexattr lseek lsetxattr lstat madvise map_shadow_stack
membarrier memfd_create memfd_secret mincore mkdir mkdirat mknod mknodat mlock mlock2 mlockall mmap mprotect
mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink mremap mseal msgctl msgget msgrcv msgsnd
msync munlock munlockall munmap nanosleep newfstatat open openat openat2 pause pidfd_open pidfd_send_signal
pipe pipe2 pkey_alloc pkey_free pkey_mprotect poll ppoll prctl pread64 preadv preadv2 prlimit64
process_mrelease pselect6 pwrite64 pwritev pwritev2 read readahead readlink readlinkat readv recvfrom recvmmsg
recvmsg remap_file_pages removexattr removexattrat rename renameat renameat2 restart_syscall rmdir rseq
rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn rt_sigsuspend rt_sigtimedwait
rt_tgsigqueueinfo sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
sched_getscheduler sched_rr_get_interval sched_setaffinity sched_setattr sched_setparam sched_setscheduler
sched_yield seccomp select semctl semget semop semtimedop sendfile sendmmsg sendmsg sendto set_robust_list
set_thread_area set_tid_address setfsgid setfsuid setgid setgroups setitimer setpgid setpriority setregid
setresgid setresuid setreuid setrlimit setsid setsockopt setuid setxattr setxattrat shmat shmctl shmdt shmget
shutdown sigaltstack signalfd signalfd4 socketpair splice stat statfs statx symlink symlinkat sync
sync_file_range syncfs sysinfo tee tgkill time timer_create timer_delete timer_getoverrun timer_gettime
timer_settime timerfd_create timerfd_gettime timerfd_settime times tkill truncate umask uname unlink unlinkat
uretprobe utime utimensat utimes vfork vmsplice wait4 waitid write writev`;

const words = (text: string): string[] => text.trim().split(/\s+/);
const allow = (names: string, more: Partial<SeccompRule> = {}): SeccompRule => ({
  names: words(names),
  action: 'SCMP_ACT_ALLOW',
  ...more,
});

/** An argument that the kernel takes from the low 32 bits: a filter on all 64 is passed by (CVE-2017-5226). */
const refuse = (name: string, index: number, value: number): SeccompRule => ({
  names: [name],
  action: 'SCMP_ACT_ERRNO',
  args: [{ index, op: 'SCMP_CMP_MASKED_EQ', value: 0xffffffff, valueTwo: value }],
});
const TIOCSTI = 0x5412; // types into the terminal, as if its user did
const TIOCLINUX = 0x541c; // pastes into a console

/** CLONE_NEW{NS,CGROUP,UTS,IPC,USER,PID,NET}: sched.h. The old clone(2) has no bit for NEWTIME. */
const namespaceFlags = 0x7e020000;

const AF_VSOCK = 40; // reaches the hypervisor, or other machines of it, and has no namespace
const ENOSYS = 38;

/** Personalities of ordinary programs: PER_LINUX, PER_LINUX32, either with UNAME26, and the question for it. */
const personalities = [0x0, 0x8, 0x20000, 0x20008, 0xffffffff];

export const defaultSeccompProfile: SeccompProfile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  syscalls: [
    allow(harmless),
    refuse('ioctl', 1, TIOCSTI),
    refuse('ioctl', 1, TIOCLINUX),
    allow('ioctl'),
    refuse('socket', 0, AF_VSOCK),
    allow('socket'),
    ...personalities.map((value) => allow('personality', { args: [{ index: 0, op: 'SCMP_CMP_EQ', value }] })),
    allow('arch_prctl', { includes: { arches: ['amd64'] } }),
    // Since Linux 4.8 a tracer's filter is looked at after the tracer is done: no way around.
    allow('process_vm_readv process_vm_writev ptrace'),
    allow('clone', {
      args: [{ index: 0, op: 'SCMP_CMP_MASKED_EQ', value: namespaceFlags, valueTwo: 0 }],
      excludes: { caps: ['CAP_SYS_ADMIN'] },
    }),
    // Its flags are in memory, where a filter can't look. A C library goes on with clone(2).
    {
      names: ['clone3'],
      action: 'SCMP_ACT_ERRNO',
      errnoRet: ENOSYS,
      excludes: { caps: ['CAP_SYS_ADMIN'] },
    },
    allow('open_by_handle_at name_to_handle_at', { includes: { caps: ['CAP_DAC_READ_SEARCH'] } }),
    allow(
      `bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick listmount lookup_dcookie mount mount_setattr
      move_mount open_tree open_tree_attr perf_event_open pivot_root quotactl quotactl_fd setdomainname sethostname
      setns statmount syslog umount2 unshare`,
      { includes: { caps: ['CAP_SYS_ADMIN'] } },
    ),
    allow('bpf', { includes: { caps: ['CAP_BPF'] } }),
    allow('perf_event_open', { includes: { caps: ['CAP_PERFMON'] } }),
    allow('reboot', { includes: { caps: ['CAP_SYS_BOOT'] } }),
    allow('chroot', { includes: { caps: ['CAP_SYS_CHROOT'] } }),
    allow('delete_module finit_module init_module', { includes: { caps: ['CAP_SYS_MODULE'] } }),
    allow('acct', { includes: { caps: ['CAP_SYS_PACCT'] } }),
    allow('kcmp pidfd_getfd process_madvise', { includes: { caps: ['CAP_SYS_PTRACE'] } }),
    allow('ioperm iopl', { includes: { caps: ['CAP_SYS_RAWIO'] } }),
    allow('clock_settime settimeofday', { includes: { caps: ['CAP_SYS_TIME'] } }),
    allow('vhangup', { includes: { caps: ['CAP_SYS_TTY_CONFIG'] } }),
    allow('syslog', { includes: { caps: ['CAP_SYSLOG'] } }),
    allow('get_mempolicy mbind set_mempolicy set_mempolicy_home_node', {
      includes: { caps: ['CAP_SYS_NICE'] },
    }),
  ],
};
