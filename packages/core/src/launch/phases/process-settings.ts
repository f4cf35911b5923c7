/** Settings of a process that its children inherit, so that they hold for all of the container: proc(5), getrlimit(2). */
import { openFlags, resolveFlags } from '@tc/linux';
import { address, bytes, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { RlimitSpec } from '../spec.ts';
import type { CommandContext, Context } from './context.ts';
import { cwd } from './mount-calls.ts';
import type { PreparedMounts } from './pseudo-file-systems.ts';

/** RLIM_INFINITY of 64 bits. */
const infinity = 2n ** 64n - 1n;

/** With the privileges that the start still has: some take CAP_SYS_NICE. sched(7), ioprio_set(2). */
export function scheduleProcess({ p, spec }: CommandContext): void {
  const { scheduler, ioPriority } = spec.process;
  if (scheduler !== undefined) {
    const refused = (hint: string) => ({ code: 'SCHEDULER_REFUSED', hint }) as const;
    p.call('sched_setattr', [0, address(bytes(scheduler, '{sched_attr}')), 0], {
      what: 'set the scheduler',
      diagnose: {
        EPERM: refused('It takes CAP_SYS_NICE, and with CONFIG_RT_GROUP_SCHED a cgroup with real-time.'),
        EINVAL: refused('The kernel does not take this policy with these numbers: sched_setattr(2).'),
        EBUSY: refused('There is not so much CPU time left for deadlines.'),
      },
    });
  }
  if (ioPriority !== undefined) {
    p.call('ioprio_set', [number(1, 'IOPRIO_WHO_PROCESS'), 0, ioPriority], {
      what: 'set the I/O priority',
      diagnose: {
        EPERM: { code: 'SCHEDULER_REFUSED', hint: 'The class IOPRIO_CLASS_RT takes CAP_SYS_NICE.' },
      },
    });
  }
}

/** With the privileges that the start still has: more than those of the caller take CAP_SYS_RESOURCE. */
export function limitProcess({ p, spec }: CommandContext): void {
  for (const { name, resource, soft, hard } of spec.process.rlimits) {
    p.call(
      'prlimit64',
      [0, number(resource, `RLIMIT_${name.toUpperCase()}`), address(rlimit(soft, hard)), NULL],
      {
        what: `limit ${name} to ${soft}, at most ${hard}`,
        diagnose: {
          EPERM: {
            code: 'RLIMIT_REFUSED',
            hint: 'A hard limit above that of the caller takes CAP_SYS_RESOURCE: give a lower one.',
          },
        },
      },
    );
  }
}

function rlimit(soft: RlimitSpec['soft'], hard: RlimitSpec['hard']) {
  const value = (limit: RlimitSpec['soft']) => (limit === 'max' ? infinity : BigInt(limit));
  const struct = Buffer.alloc(16);
  struct.writeBigUInt64LE(value(soft), 0);
  struct.writeBigUInt64LE(value(hard), 8);
  return bytes(struct, `{rlim_cur=${soft}, rlim_max=${hard}}`);
}

/** Through the host's /proc, which nothing inside has a say in: so before the root and the namespaces change. */
export function setOomScore({ p, spec }: CommandContext): void {
  const { oomScoreAdj } = spec.process;
  if (oomScoreAdj === undefined) return;
  const fd = cell('oom_fd');
  p.call('openat', [cwd, string('/proc/self/oom_score_adj'), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
    what: 'open /proc/self/oom_score_adj',
    result: fd,
  });
  p.call('write', [load(fd), string(String(oomScoreAdj)), String(oomScoreAdj).length], {
    what: `set the OOM killer’s preference to ${oomScoreAdj}`,
    diagnose: {
      EACCES: { code: 'OOM_SCORE_REFUSED', hint: 'To lower it takes CAP_SYS_RESOURCE: give a higher one.' },
    },
  });
  p.call('close', [load(fd)], { what: 'close it' });
}

/** Below the container's own proc, before it is made read-only. */
export function setSysctls(c: Context, { proc }: PreparedMounts): void {
  const { p, spec } = c;
  if (spec.sysctls.length === 0) return;
  p.group('namespaces');
  const fd = cell('sysctl_fd');
  const how = words(
    [
      flags(openFlags, 'O_WRONLY', 'O_CLOEXEC'),
      number(0),
      flags(resolveFlags, 'RESOLVE_BENEATH', 'RESOLVE_NO_SYMLINKS', 'RESOLVE_NO_XDEV'),
    ],
    '{flags=O_WRONLY|O_CLOEXEC, resolve=RESOLVE_BENEATH|RESOLVE_NO_SYMLINKS|RESOLVE_NO_XDEV}',
  );
  for (const { name, value } of spec.sysctls) {
    const path = `sys/${name.replaceAll('.', '/')}`;
    p.call('openat2', [load(proc), string(path), address(how), how.size], {
      what: `open the setting ${name}`,
      result: fd,
      diagnose: {
        ENOENT: { code: 'SYSCTL_REFUSED', hint: 'This kernel, or this namespace, has no such setting.' },
      },
    });
    p.call('write', [load(fd), string(value), Buffer.byteLength(value)], {
      what: `set ${name} to ${value}`,
      diagnose: { other: { code: 'SYSCTL_REFUSED', hint: 'The kernel does not take this value.' } },
    });
    p.call('close', [load(fd)], { what: `close ${name}` });
  }
}
