/**
 * A cgroup of its own for a command in a container, below the container's: it limits nothing, but it knows all that
 * the command has started, whatever that does to hide.
 */
import { atFlags, openFlags } from '@tc/linux';
import { address, buffer, cell, flags, load, NULL, number, string, words } from '../data.ts';
import type { Datum, Place } from '../program.ts';
import type { ExecCgroupSpec } from '../spec.ts';
import { writeIfThere } from './cgroups.ts';
import type { CommandContext } from './context.ts';

type Tree = NonNullable<ExecCgroupSpec['tree']>;

const cwd = flags(atFlags, 'AT_FDCWD');
const listSize = 16384;
const SIGKILL = number(9, 'SIGKILL');
const EBUSY = 16;
const hint = 'It has ended meanwhile.';
const gone = {
  ENOENT: { code: 'CONTAINER_NOT_RUNNING', hint },
  ENODEV: { code: 'CONTAINER_NOT_RUNNING', hint },
} as const;

/** The supervisor's part, before it enters anything. @returns the descriptors that are written to, to join v1 groups */
export function prepareTree({ p }: CommandContext, cgroup: ExecCgroupSpec, directory: Place): Place[] {
  p.group('cgroups');
  const { tree, tasks } = cgroup;
  if (tree !== undefined) {
    p.call('mkdirat', [cwd, string(tree.directory), number(0o755, '0755')], {
      what: `make the cgroup ${tree.directory}`,
      why: 'to know, and kill, all that the command starts',
      diagnose: gone,
    });
  }
  if (tree?.version === 2) {
    const how = flags(openFlags, 'O_RDONLY', 'O_DIRECTORY', 'O_CLOEXEC');
    p.call('openat', [cwd, string(tree.directory), how], {
      what: 'open it',
      result: directory,
      diagnose: gone,
    });
  }
  const files = [...tasks, ...(tree?.version === 1 ? [`${tree.directory}/tasks`] : [])];
  return files.map((path) => {
    const fd = cell('tasks_fd');
    p.call('openat', [cwd, string(path), flags(openFlags, 'O_WRONLY', 'O_CLOEXEC')], {
      what: `open ${path}`,
      result: fd,
      diagnose: gone,
    });
    return fd;
  });
}

/** Ends all that is in it. What was frozen can't fork; a signal for it waits until it is thawed. */
export function killTree(c: CommandContext, tree: Tree): void {
  const { p } = c;
  if (tree.version === 2) {
    writeIfThere(c, `${tree.directory}/cgroup.kill`, '1');
    return;
  }
  const freezer = `${tree.directory}/freezer.state`;
  const again = p.here();
  const empty = p.label();
  const count = cell('count');
  writeIfThere(c, freezer, 'FROZEN');
  p.set(count, number(0));
  forEachPid(c, `${tree.directory}/tasks`, (pid) => {
    p.compute(count, load(count), 'add', 1);
    p.call('kill', [load(pid), SIGKILL], { what: 'end a process of the command', checked: false });
  });
  writeIfThere(c, freezer, 'THAWED');
  p.jumpIf(load(count), 'eq', 0, empty);
  pause(c);
  p.jump(again);
  p.place(empty);
}

/** Gives what still runs back to the container, and removes the group. */
export function releaseTree(c: CommandContext, tree: Tree): void {
  const { p } = c;
  const name = tree.version === 2 ? 'cgroup.procs' : 'tasks';
  const [done, tries] = [p.label(), cell('tries')];
  const again = p.here();
  p.call('unlinkat', [cwd, string(tree.directory), flags(atFlags, 'AT_REMOVEDIR')], {
    what: `remove the cgroup ${tree.directory}`,
    checked: false,
    result: c.result,
  });
  p.jumpIf(load(c.result), 'ne', -EBUSY, done);
  p.compute(tries, load(tries), 'add', 1);
  p.jumpIf(number(1000), 'lt', load(tries), done);
  forEachPid(c, `${tree.directory}/${name}`, (_, start, length) => {
    writeIfThere(c, `${tree.parent}/${name}`, start, length);
  });
  pause(c);
  p.jump(again);
  p.place(done);
}

/** Pids as the host knows them, one read's worth. `start` and `length`: the pid as text, with space before it. */
function forEachPid(
  c: CommandContext,
  path: string,
  then: (pid: Place, start: Place, length: Place) => void,
): void {
  const { p } = c;
  const [fd, pid, from, start] = [cell('fd'), cell('pid'), cell('from'), cell('start')];
  const [length, stop] = [cell('length'), cell('stop')];
  const list = buffer(listSize, 'pids');
  const end = p.label();
  p.call('openat', [cwd, string(path), flags(openFlags, 'O_RDONLY', 'O_CLOEXEC')], {
    what: `open ${path}`,
    checked: false,
    result: fd,
  });
  p.jumpIf(load(fd), 'lt', 0, end);
  wipe(c, list);
  p.call('read', [load(fd), address(list), listSize - 1], {
    what: 'read the pids',
    checked: false,
    result: length,
  });
  p.call('close', [load(fd)], { what: `close ${path}`, checked: false });
  p.jumpIf(load(length), 'lt', 1, end);
  p.compute(stop, address(list), 'add', load(length));
  p.set(from, address(list));
  const next = p.here();
  p.set(start, load(from));
  p.decimal(pid, from);
  p.jumpIf(load(pid), 'eq', 0, end);
  p.jumpIf(load(from), 'eq', load(stop), end); // no newline after it: cut, it would be another process's
  p.compute(length, load(from), 'sub', load(start));
  then(pid, start, length);
  p.jump(next);
  p.place(end);
}

/** The kernel's text has no NUL at its end, and the buffer may hold more from the time before. */
function wipe({ p }: CommandContext, list: Datum): void {
  const fd = cell('zero_fd');
  p.call('openat', [cwd, string('/dev/zero'), flags(openFlags, 'O_RDONLY', 'O_CLOEXEC')], {
    what: 'open /dev/zero',
    checked: false,
    result: fd,
  });
  p.call('read', [load(fd), address(list), list.size], { what: 'wipe the list of pids', checked: false });
  p.call('close', [load(fd)], { what: 'close /dev/zero', checked: false });
}

function pause({ p }: CommandContext): void {
  const millisecond = words([number(0), number(1_000_000)], '{0, 1000000}');
  p.call('ppoll', [NULL, 0, address(millisecond), NULL, 8], { what: 'wait a millisecond', checked: false });
}
