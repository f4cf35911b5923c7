/** The kernel, and how it was built and set up. */
import { degraded, type HostCheck, type HostFacts, missing, ok } from './host-check.ts';

/** mount_setattr(2); docs/architecture.md says what else. */
const oldest = [5, 12] as const;

export function kernel({ release }: HostFacts): HostCheck {
  const [major = 0, minor = 0] = release.split(/[.-]/, 2).map(Number);
  const isNew = major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
  if (isNew) return ok('kernel', `Linux ${release}`);
  return missing('kernel', `Linux ${release}`, 'Linux 5.12 or newer.');
}

export function architecture({ arch }: HostFacts): HostCheck {
  if (arch === 'x64' || arch === 'arm64') return ok('architecture', arch);
  return missing('architecture', arch, 'Launch programs are for x86-64 and arm64.');
}

const neededNamespaces = ['mnt', 'pid', 'uts', 'ipc', 'net', 'cgroup'];
const furtherNamespaces = ['user', 'time'];

export function namespaces({ exists }: HostFacts): HostCheck {
  const lacking = (names: readonly string[]) => names.filter((name) => !exists(`/proc/self/ns/${name}`));
  const [needed, further] = [lacking(neededNamespaces), lacking(furtherNamespaces)];
  if (needed.length > 0)
    return missing(
      'namespaces',
      `no ${needed.join(', ')}`,
      'A kernel with CONFIG_NAMESPACES and all of them.',
    );
  if (further.length === 0) return ok('namespaces', [...neededNamespaces, ...furtherNamespaces].join(' '));
  return degraded(
    'namespaces',
    `no ${further.join(', ')}`,
    'A kernel with CONFIG_USER_NS and CONFIG_TIME_NS.',
  );
}

export function seccomp({ read }: HostFacts): HostCheck {
  const actions = read('/proc/sys/kernel/seccomp/actions_avail')?.trim();
  if (actions !== undefined) return ok('seccomp', actions);
  const hint = 'A kernel with CONFIG_SECCOMP_FILTER; until then --security-opt seccomp=unconfined.';
  return missing('seccomp', 'no filters', hint);
}

/** An option only, so that its absence is no defect of others: landlock(7). */
export function landlock({ landlockAbi }: HostFacts): HostCheck {
  const abi = landlockAbi();
  if (abi >= 4) return ok('landlock', `ABI ${abi}: files and ports`);
  const hint =
    'Linux 6.7 or newer, booted with landlock in lsm=; until then --landlock is refused, or in part.';
  return degraded(
    'landlock',
    abi === 0 ? 'no' : `ABI ${abi}: files${abi < 3 ? ', but not their truncation' : ''}`,
    hint,
  );
}

/** The kernel loads the module by itself, where there is one. */
export function overlay({ read, exists, release }: HostFacts): HostCheck {
  if (/\toverlay$/m.test(read('/proc/filesystems') ?? '')) return ok('overlay', 'known to the kernel');
  const module = `/lib/modules/${release}/kernel/fs/overlayfs`;
  if (exists(module)) return degraded('overlay', 'not loaded yet', 'modprobe overlay');
  return degraded('overlay', 'no', 'A kernel with CONFIG_OVERLAY_FS; until then only --rootfs works.');
}

/** vm.memfd_noexec: Documentation/admin-guide/sysctl/vm.rst. 2 forbids what can be executed, which a launch is. */
export function memoryFiles({ read }: HostFacts): HostCheck {
  const setting = read('/proc/sys/vm/memfd_noexec')?.trim() ?? '0';
  if (setting !== '2') return ok('memfd', 'can be executed');
  return missing('memfd', 'vm.memfd_noexec is 2', 'sysctl vm.memfd_noexec=1');
}

/** attach() takes a copy of a descriptor, as a debugger would: ptrace(2), Documentation/admin-guide/LSM/Yama.rst. */
export function tracing({ read }: HostFacts): HostCheck {
  const scope = read('/proc/sys/kernel/yama/ptrace_scope')?.trim() ?? '0';
  if (scope !== '3') return ok('ptrace', scope === '0' ? 'not restricted' : `ptrace_scope ${scope}`);
  const hint =
    'Nobody can attach to containers. The setting holds until a reboot: kernel.yama.ptrace_scope=1.';
  return degraded('ptrace', 'kernel.yama.ptrace_scope is 3', hint);
}

const fewWatches = 1024;

/** logs --follow, events and the dashboard watch files: inotify(7). */
export function watches({ read }: HostFacts): HostCheck {
  const most = Number(read('/proc/sys/fs/inotify/max_user_watches') ?? 0);
  if (most >= fewWatches) return ok('inotify', `${most} watches a user`);
  return degraded('inotify', `${most} watches a user`, 'sysctl fs.inotify.max_user_watches=65536');
}
