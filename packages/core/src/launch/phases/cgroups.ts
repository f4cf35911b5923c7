/** Carries a `CgroupPlan` out: limits are set before there is a process that could exceed them. */
import { atFlags, cloneFlags, openFlags } from '@tc/linux';
import type { CgroupPlan, CgroupWrite } from '../../cgroups/plan.ts';
import type { CallOptions } from '../builder.ts';
import { address, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Place } from '../program.ts';
import type { CommandContext, Context } from './context.ts';
import { restrictDevices } from './device-rules.ts';

const cwd = flags(atFlags, 'AT_FDCWD');
const EBUSY = 16;

/** The supervisor's part: makes and limits the container's cgroups, and opens what joins them. */
export function prepareCgroups(
  c: Pick<Context, 'p' | 'cgroupsMade' | 'taskFds' | 'cgroupFd'>,
  plan: CgroupPlan,
): void {
  const { p } = c;
  p.group('cgroups');
  for (const write of plan.enable) writeFile(c, write);
  for (const [index, directory] of plan.directories.entries()) {
    p.call('mkdirat', [cwd, string(directory), number(0o755, '0755')], {
      what: `make the cgroup ${directory}`,
      why: 'a directory in a cgroup file system is a group of processes',
      diagnose: {
        EEXIST: {
          code: 'CONTAINER_EXISTS',
          hint: 'A container of this name runs, or was left: choose another name.',
        },
        EACCES: { hint: 'Run as root, or in a cgroup that was delegated to you.' },
        EROFS: { hint: 'The cgroup file system is read-only: is this inside another container?' },
      },
    });
    p.set(c.cgroupsMade, number(index + 1));
  }
  for (const write of plan.writes) writeFile(c, write);
  plan.join.tasks.forEach((path, index) => {
    const fd = c.taskFds[index];
    if (fd === undefined) return;
    p.call('openat', [cwd, string(path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
      what: `open ${path}`,
      result: fd,
    });
  });
  if (plan.join.into !== undefined) {
    p.call(
      'openat',
      [cwd, string(plan.join.into), flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC')],
      {
        what: `open ${plan.join.into}`,
        result: c.cgroupFd,
      },
    );
  }
  restrictDevices(c, plan);
}

/** The container's part. */
export function joinCgroups(
  c: Pick<Context, 'p' | 'taskFds'> & {
    readonly spec: {
      readonly cgroup: CgroupPlan | undefined;
      readonly namespaces: { readonly cgroup: boolean };
    };
  },
): void {
  const { p } = c;
  p.group('cgroups');
  c.taskFds.forEach((fd, index) => {
    p.call('write', [load(fd), string('0'), 1], {
      what: `join ${c.spec.cgroup?.join.tasks[index]}`,
      why: index === 0 ? 'writing 0 to tasks moves the writer alone and takes no global lock' : '',
    });
  });
  if (c.spec.namespaces.cgroup) {
    p.call('unshare', [flags(cloneFlags, 'CLONE_NEWCGROUP')], {
      what: 'make a cgroup namespace',
      why: 'after the join, so that its own cgroup is all that it sees',
    });
  }
}

/**
 * The supervisor's way out: every process is gone, but the kernel may take a moment to let go of the groups.
 * @param left gets 1 where one stays: it has one below it of an exec whose supervisor was killed.
 */
export function removeCgroups(c: Context, plan: CgroupPlan, left: Place): void {
  const { p } = c;
  p.group('cgroups');
  for (const [index, directory] of [...plan.directories.entries()].reverse()) {
    const tries = cell('tries');
    const done = p.label();
    p.jumpIf(load(c.cgroupsMade), 'lt', index + 1, done); // not ours to remove
    const again = p.here();
    p.call('unlinkat', [cwd, string(directory), flags(atFlags, 'AT_REMOVEDIR')], {
      what: `remove the cgroup ${directory}`,
      checked: false,
      result: c.result,
    });
    p.jumpIf(load(c.result), 'ne', -EBUSY, done);
    p.compute(tries, load(tries), 'add', 1);
    const patient = p.label();
    p.jumpIf(load(tries), 'lt', 1000, patient);
    p.set(left, number(1));
    p.jump(done);
    p.place(patient);
    const millisecond = words([number(0), number(1_000_000)], '{0, 1000000}');
    p.call('ppoll', [NULL, 0, address(millisecond), NULL, 8], { what: 'wait a millisecond', checked: false });
    p.jump(again);
    p.place(done);
  }
}

function writeFile(c: Pick<Context, 'p'>, write: CgroupWrite): void {
  const { p } = c;
  const fd = cell('fd');
  const done = p.label();
  const diagnose = (write.diagnose ?? {}) as NonNullable<CallOptions['diagnose']>;
  p.call('openat', [cwd, string(write.path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
    what: `open ${write.path}`,
    result: fd,
    tolerate: write.optional ? ['ENOENT'] : [],
    diagnose,
  });
  if (write.optional) p.jumpIf(load(fd), 'lt', 0, done);
  p.call('write', [load(fd), string(write.value), Buffer.byteLength(write.value)], {
    what: write.what,
    why: write.why,
    diagnose,
  });
  p.call('close', [load(fd)], { what: `close ${write.path}` });
  p.place(done);
}

/** For the way out, where a file that is gone is as good as one that was written. */
export function writeIfThere(c: CommandContext, path: string, text: string | Place, length?: Place): void {
  const { p } = c;
  const fd = cell('fd');
  const skip = p.label();
  p.call('openat', [cwd, string(path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
    what: `open ${path}`,
    checked: false,
    result: fd,
  });
  p.jumpIf(load(fd), 'lt', 0, skip);
  const content = typeof text === 'string' ? string(text) : load(text);
  const size = length === undefined ? number(String(text).length) : load(length);
  p.call('write', [load(fd), content, size], { what: `write ${path}`, checked: false });
  p.call('close', [load(fd)], { what: `close ${path}`, checked: false });
  p.place(skip);
}
