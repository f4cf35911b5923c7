/**
 * Between `create` and `start` of an OCI bundle: the container's first process, ready but for its last calls, waits at a
 * FIFO in the state directory. Whoever starts it writes to that, and reads from a second one how it went: that is at its
 * end when the command runs, since execve(2) closes it.
 */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { resultFifo, startFifo } from '../bundle-spec.ts';
import { address, cell, flags, load, number, string } from '../data.ts';
import type { BundleContext } from './bundle-context.ts';
import { movedDescriptor } from './bundle-context.ts';
import type { CommandContext } from './context.ts';
import { candidates } from './execute-command.ts';
import { tellReady } from './privileges.ts';

const cwd = flags(atFlags, 'AT_FDCWD');
const X_OK = 1;
const [ENOENT, EACCES] = [2, 13];

/** In the launcher, which may still write there. Opened for both ways, they wait for nobody. */
export function makeFifos({ p, spec, startFd, resultFd }: BundleContext): void {
  p.group('supervise');
  const fifo = number(miscConstants.S_IFIFO | 0o600, 'S_IFIFO|0600');
  for (const [name, result] of [
    [startFifo, startFd],
    [resultFifo, resultFd],
  ] as const) {
    const path = string(`${spec.stateDirectory}/${name}`);
    p.call('mknodat', [cwd, path, fifo, 0], { what: `make the FIFO ${name}` });
    p.call('openat', [cwd, path, flags(openFlags, 'O_RDWR', 'O_CLOEXEC'), 0], {
      what: `open the FIFO ${name}`,
      result,
    });
  }
}

/** The container's descriptors that it needs to the end, above those that its command keeps. */
export function moveDescriptors({ p, spec, errorWrite, startFd, resultFd }: BundleContext): void {
  p.group('start');
  for (const [index, place] of [errorWrite, startFd, resultFd].entries()) {
    const to = movedDescriptor(spec, index as 0 | 1 | 2);
    p.call('dup3', [load(place), to, flags(openFlags, 'O_CLOEXEC')], { what: 'move a descriptor up' });
    p.set(place, number(to));
  }
  p.set(p.control.reportFd, load(errorWrite));
  // The control socket is the first that is covered: it is not for the container.
  keepDescriptors(p, spec.preserveFds, 4);
}

/** Those that engines make for a command belong to its user: /dev/stdout can be opened then. */
export function giveStreams({
  p,
  spec,
}: CommandContext & { readonly spec: { readonly ownStreams: readonly number[] } }): void {
  for (const fd of spec.ownStreams) {
    p.call('fchown', [fd, spec.process.uid, number(-1)], {
      what: 'give the streams to the user',
      checked: false,
    });
  }
}

/** @param first which of the launcher's descriptors the first of them is */
export function keepDescriptors(p: BundleContext['p'], count: number, first: number): void {
  for (let index = 0; index < count; index += 1) {
    p.call('dup3', [first + index, 3 + index, 0], { what: `keep descriptor ${3 + index} for the command` });
  }
}

/**
 * As engines expect it, what is missing is an error of `create`: none of the places where execvp(3) looks has it. Only
 * looked at: whatever is there at the start counts.
 */
export function checkCommand({ p, spec }: CommandContext): void {
  p.group('start');
  const [found, result, denied] = [p.label(), cell('found'), cell('denied')];
  const { executable: command = spec.process.argv[0] ?? '' } = spec.process;
  let last: ReturnType<typeof p.call> | undefined;
  for (const path of candidates(command, spec.process.env)) {
    last = p.call('faccessat', [cwd, string(path), X_OK, 0], {
      what: `look for ${command}`,
      tolerate: ['ENOENT', 'ENOTDIR', 'EACCES'],
      result,
      diagnose: {
        ENOENT: { code: 'COMMAND_NOT_FOUND', hint: 'executable file not found in $PATH' },
        EACCES: { code: 'COMMAND_NOT_EXECUTABLE', hint: 'permission denied' },
      },
    });
    p.jumpIf(load(result), 'eq', 0, found);
    const next = p.label();
    p.jumpIf(load(result), 'ne', -EACCES, next);
    p.set(denied, number(EACCES));
    p.place(next);
  }
  if (last !== undefined) {
    const absent = p.label();
    p.jumpIf(load(denied), 'eq', 0, absent);
    p.fail(number(EACCES), last);
    p.place(absent);
    p.fail(number(ENOENT), last);
  }
  p.place(found);
}

export function waitForOrder(c: BundleContext): void {
  const { p, startFd, resultFd, errorWrite } = c;
  tellReady(c);
  p.set(p.control.reportFd, load(resultFd));
  p.call('close', [load(errorWrite)], {
    what: 'let the launcher go',
    why: 'it is created: the rest is start',
  });
  p.call('read', [load(startFd), address(c.scratch), 1], {
    what: 'wait to be started',
    why: 'whoever made the container decides when its command runs',
  });
}
