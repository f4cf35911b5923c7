/** Files in the state directory, which the supervisor's descriptor of it names. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { containerDataFiles, dataLinkOf, stateFiles } from '../../state/layout.ts';
import { address, at, buffer, cell, flags, load, number, string } from '../data.ts';
import type { Operand, Place } from '../program.ts';
import { recordLayout, runningLayout, runningMagic } from '../protocol.ts';
import type { Context } from './context.ts';

const cwd = flags(atFlags, 'AT_FDCWD');

interface Content {
  readonly at: Operand;
  readonly size: number;
}

/** For a name that is not there yet: a reader that comes too early finds less than a whole file, which counts as none. */
function createStateFile(c: Context, name: string, content: Content, what: string): void {
  const { p } = c;
  const fd = cell('fd');
  const open = flags(openFlags, 'O_WRONLY', 'O_CREAT', 'O_TRUNC', 'O_CLOEXEC');
  p.call('openat', [load(c.stateFd), string(name), open, number(0o600, '0600')], { what, result: fd });
  p.call('write', [load(fd), content.at, content.size], { what });
  p.call('close', [load(fd)], { what: `close ${name}` });
}

/** Written beside it and renamed: whoever reads it finds the old content or the new one. */
function replaceStateFile(c: Context, name: string, content: Content, what: string): void {
  const temporary = `${name}.new`;
  createStateFile(c, temporary, content, what);
  c.p.call('renameat', [load(c.stateFd), string(temporary), load(c.stateFd), string(name)], { what });
}

/** What others need to know of a start, and what tells them when it is over. */
export function announce(c: Context): void {
  const { p, spec } = c;
  const { alive, launch } = stateFiles;
  const fifo = number(miscConstants.S_IFIFO | 0o600, 'S_IFIFO|0600');
  const isNew = spec.lifetime.leaves === 'nothing';
  if (!isNew) {
    p.call('unlinkat', [load(c.stateFd), string(alive), 0], {
      what: 'remove the FIFO of the run before',
      why: 'who still waits for its end must not find another writer on it',
      tolerate: ['ENOENT'],
    });
  }
  p.call('mknodat', [load(c.stateFd), string(alive), fifo, 0], { what: 'make the FIFO alive' });
  // Opened for both ways, it never waits for a reader.
  p.call('openat', [load(c.stateFd), string(alive), flags(openFlags, 'O_RDWR', 'O_NONBLOCK', 'O_CLOEXEC')], {
    what: 'open the FIFO alive',
    why: 'nobody writes to it: who reads it sees its end when the supervisor is gone',
  });
  const text = spec.lifetime.launchFile;
  const write = isNew ? createStateFile : replaceStateFile;
  const content = { at: string(text), size: Buffer.byteLength(text) };
  write(c, launch, content, 'write what the container is made of');
}

/** From here on others may exec into the container and signal it. */
export function writeRunning(c: Context): void {
  const { p } = c;
  const content = buffer(runningLayout.size, 'running');
  const field = (name: Exclude<keyof typeof runningLayout, 'size'>) => at(content, runningLayout[name]);
  p.set(field('magic'), number(runningMagic + 2 ** 32, 'magic, version 1'));
  p.set(field('pid'), load(c.pid));
  p.call('getpid', [], { what: 'learn its own pid', result: field('supervisorPid') });
  p.set(field('terminalFd'), load(c.terminalFd));
  p.set(field('stdinFd'), load(c.stdinWrite));
  p.call(
    'clock_gettime',
    [flags(miscConstants, 'CLOCK_REALTIME'), address(content, runningLayout.startedAt)],
    {
      what: 'note the time of day',
    },
  );
  p.call(
    'clock_gettime',
    [flags(miscConstants, 'CLOCK_REALTIME'), address(c.record, recordLayout.startedAt)],
    { what: 'note the time of day' },
  );
  const running = { at: address(content), size: content.size };
  createStateFile(c, stateFiles.running, running, 'tell others that it runs');
  if (c.spec.lifetime.leaves === 'nothing') return;
  p.call('unlinkat', [load(c.stateFd), string(stateFiles.exited), 0], {
    what: 'forget how the run before ended',
    checked: false,
  });
}

/** Before its first process is reaped: as long as the file is there, its pid is nobody else's. */
export function removeRunning(c: Context): void {
  const { p, stateFd, spec } = c;
  const about = { what: 'tell others that it has ended', checked: false };
  const running = string(stateFiles.running);
  if (spec.lifetime.leaves === 'nothing') p.call('unlinkat', [load(stateFd), running, 0], about);
  else p.call('renameat', [load(stateFd), running, load(stateFd), string(stateFiles.ended)], about);
}

/** For a container that stays. */
export function writeExited(c: Context): void {
  const { p } = c;
  const content = { at: address(c.record), size: c.record.size };
  replaceStateFile(c, stateFiles.exited, content, 'keep how it ended');
  p.call('unlinkat', [load(c.stateFd), string(stateFiles.ended), 0], {
    what: 'tell others that this is known',
    checked: false,
  });
}

/**
 * The container leaves nothing: its files, its directories, its name.
 * @param cgroupsLeft not 0: the next clean-up finds them by the directory, which stays
 */
export function removeStateDirectory(c: Context, cgroupsLeft: Place): void {
  const { p, spec } = c;
  const remove = (directory: Operand, name: string) =>
    p.call('unlinkat', [directory, string(name), 0], { what: `remove ${name}`, checked: false });
  const { config, launch, running, alive, ...others } = stateFiles;
  const kept = spec.lifetime.leaves === 'remove' ? [config, ...Object.values(others), `${launch}.new`] : [];
  // Without its configuration and its launch file nobody takes it for a container.
  const names = [...kept, launch, running, alive];
  for (const name of names) remove(load(c.stateFd), name);
  if (spec.lifetime.leaves === 'remove' && spec.name !== spec.id) {
    remove(cwd, `${spec.runtimeDirectory}/${spec.name}`);
  }
  if (spec.logs !== undefined) {
    for (const name of containerDataFiles) remove(cwd, `${spec.logs.directory}/${name}`);
    p.call('unlinkat', [cwd, string(spec.logs.directory), flags(atFlags, 'AT_REMOVEDIR')], {
      what: 'remove the data directory',
      why: 'where the container wrote to disk, that is left for the next clean-up',
      checked: false,
      result: c.result,
    });
    const dataLeft = p.label();
    p.jumpIf(load(c.result), 'lt', 0, dataLeft);
    remove(cwd, dataLinkOf(spec.logs.directory));
    p.place(dataLeft);
  }
  const directoryLeft = p.label();
  p.jumpIf(load(cgroupsLeft), 'ne', 0, directoryLeft);
  p.call('unlinkat', [cwd, string(c.stateDirectory), flags(atFlags, 'AT_REMOVEDIR')], {
    what: 'remove the state directory',
    checked: false,
  });
  p.place(directoryLeft);
}
