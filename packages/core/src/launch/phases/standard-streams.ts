/** Standard streams that end at the supervisor instead of at whoever started it. */
import { miscConstants, openFlags } from '@tc/linux';
import { address, at, buffer, flags, load, number } from '../data.ts';
import type { Place } from '../program.ts';
import { streamOwner } from '../stream-owner.ts';
import type { CommandContext, Context } from './context.ts';
import { connectTerminal } from './terminal.ts';

/** Before the clone. */
export function makeStreams(c: Context): void {
  const { p, spec } = c;
  p.group('supervise');
  if (spec.terminal !== undefined) return;
  if (spec.logs !== undefined) {
    makePipe(c, c.stdoutRead, c.stdoutWrite, 'for stdout: what the container writes is kept');
    makePipe(c, c.stderrRead, c.stderrWrite, 'for stderr');
    for (const fd of [c.stdoutRead, c.stderrRead]) {
      p.call('fcntl', [load(fd), flags(miscConstants, 'F_SETFL'), flags(openFlags, 'O_NONBLOCK')], {
        what: 'never wait for its output',
      });
    }
  }
  if (spec.openStdin) makePipe(c, c.stdinRead, c.stdinWrite, 'for stdin: whoever attaches writes to it');
  const owner = streamOwner(spec);
  if (owner === undefined) return;
  const made = spec.logs === undefined ? [] : [c.stdoutWrite, c.stderrWrite];
  for (const fd of spec.openStdin ? [...made, c.stdinRead] : made) {
    p.call('fchown', [load(fd), owner, number(-1)], {
      what: 'give the pipe to the user',
      why: 'who can open /dev/stdout then',
      checked: false,
    });
  }
}

export function makePipe({ p }: CommandContext, read: Place, write: Place, why: string): void {
  const ends = buffer(8, '[read, write]');
  p.call('pipe2', [address(ends), flags(openFlags, 'O_CLOEXEC')], { what: 'make a pipe', why });
  p.compute(read, load(at(ends)), 'and', 0xffffffff);
  p.compute(write, load(at(ends)), 'shr', 32);
}

/** The container's side. */
export function takeStreams(c: Context): void {
  const { p, spec } = c;
  p.group('start');
  const move = (from: Place, to: number, name: string) =>
    p.call('dup3', [load(from), to, 0], { what: `connect ${name}` });
  if (spec.terminal !== undefined) {
    connectTerminal(c);
    return;
  }
  if (spec.openStdin) move(c.stdinRead, 0, 'stdin');
  if (spec.logs === undefined) return;
  move(c.stdoutWrite, 1, 'stdout');
  move(c.stderrWrite, 2, 'stderr');
}

/** The supervisor's side, after the clone: its copies of the container's ends. */
export function leaveStreams(c: Context): void {
  const { p, spec } = c;
  if (spec.terminal !== undefined) return;
  const theirs = [
    ...(spec.openStdin ? [c.stdinRead] : []),
    ...(spec.logs === undefined ? [] : [c.stdoutWrite, c.stderrWrite]),
  ];
  for (const fd of theirs) p.call('close', [load(fd)], { what: "close the container's end" });
}
