/** The supervisor keeps what a container writes: with its time, as much as fits, and as fast as it comes. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { dataFiles } from '../../state/layout.ts';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Label, Operand, Place } from '../program.ts';
import { logFrameLayout, logMagic } from '../protocol.ts';
import type { LogSpec } from '../spec.ts';
import type { Context } from './context.ts';
import type { EventSource, LoopControl } from './event-loop.ts';

export const streamNumbers = { stdout: 1, stderr: 2 } as const;
export type LogStream = keyof typeof streamNumbers;

export interface LogPump {
  /** For the event loop. `fd`: where to read, -1 for not yet. */
  source(stream: LogStream, fd: Place, onOverflow: Label): EventSource;
  /** Everything that is still there, once the container has ended. */
  drain(fd: Place): void;
}

export function createLogPump(c: Context, { directory, maxBytes, outputLimitBytes }: LogSpec): LogPump {
  const { p } = c;
  const [log, size, total, length] = [cell('log_fd'), cell('log_size'), cell('log_total'), cell('length')];
  const frame = buffer(logFrameLayout.header + logFrameLayout.maxData, 'frame');
  const cwd = flags(atFlags, 'AT_FDCWD');
  const [path, oldPath] = [
    string(`${directory}/${dataFiles.log}`),
    string(`${directory}/${dataFiles.oldLog}`),
  ];

  const open = () => {
    const how = flags(openFlags, 'O_WRONLY', 'O_CREAT', 'O_APPEND', 'O_CLOEXEC');
    p.call('openat', [cwd, path, how, number(0o600, '0600')], {
      what: 'open the log',
      checked: false,
      result: log,
    });
    p.call('lseek', [load(log), 0, flags(miscConstants, 'SEEK_END')], {
      what: 'see how long the log is',
      checked: false,
      result: size,
    });
  };
  p.group('supervise');
  open();

  /** Moves what one read gives into the log; `none`: there was nothing. */
  const move = (stream: LogStream, fd: Operand, none: Label, onOverflow: Label | undefined) => {
    p.set(at(frame, logFrameLayout.magic), number(logMagic + streamNumbers[stream]));
    const data = address(frame, logFrameLayout.header);
    p.call('read', [fd, data, logFrameLayout.maxData], {
      what: `read what it wrote to ${stream}`,
      checked: false,
      result: length,
    });
    p.jumpIf(load(length), 'lt', 1, none);
    p.set(at(frame, logFrameLayout.length), load(length)); // the time comes right after it
    const time = address(frame, logFrameLayout.time);
    p.call('clock_gettime', [flags(miscConstants, 'CLOCK_REALTIME'), time], { what: 'note the time of day' });
    p.compute(total, load(total), 'add', load(length));
    p.compute(length, load(length), 'add', logFrameLayout.header);
    const [whole, written] = [p.label(), cell('written')];
    p.call('write', [load(log), address(frame), load(length)], {
      what: 'write it to the log',
      checked: false,
      result: written,
    });
    p.jumpIf(load(written), 'eq', load(length), whole);
    p.call('ftruncate', [load(log), load(size)], {
      what: 'take half a frame back',
      why: 'the disk is full: what does not fit is lost, and the log stays readable',
      checked: false,
    });
    p.set(written, number(0));
    p.place(whole);
    p.compute(size, load(size), 'add', load(written));
    const room = p.label();
    p.jumpIf(load(size), 'lt', Math.floor(maxBytes / 2), room);
    p.call('renameat', [cwd, path, cwd, oldPath], { what: 'put the full log aside', checked: false });
    p.call('close', [load(log)], { what: 'close the full log', checked: false });
    open();
    p.place(room);
    if (onOverflow === undefined || outputLimitBytes === undefined) return;
    p.jumpIf(number(outputLimitBytes), 'lt', load(total), onOverflow);
  };

  return {
    source: (stream, fd, onOverflow) => ({
      name: stream,
      fd: load(fd),
      on: 'POLLIN',
      handle({ back, silence }: LoopControl) {
        const end = p.label();
        move(stream, load(fd), end, onOverflow);
        p.jump(back);
        p.place(end);
        p.jumpIf(load(length), 'eq', -EAGAIN, back);
        silence(stream);
      },
    }),
    drain(fd) {
      const [end, reads] = [p.label(), cell('reads')];
      const stream = fd === c.stderrRead ? 'stderr' : 'stdout';
      const again = p.here();
      p.jumpIf(load(fd), 'lt', 0, end);
      p.jumpIf(load(reads), 'eq', mostReads, end);
      p.compute(reads, load(reads), 'add', 1);
      move(stream, load(fd), end, undefined);
      p.jump(again);
      p.place(end);
    },
  };
}

const EAGAIN = 11;
/**
 * What a container leaves in a pipe takes at most 256 of them (pipe(7): 1 MiB, a page at a time); who goes on writing
 * is somebody else who got its descriptor, unix(7), and must not keep it from ending.
 */
const mostReads = 1024;
