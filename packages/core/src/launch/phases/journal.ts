/** Appends to the journal of events, which all processes of a runtime directory share. */
import { atFlags, miscConstants, openFlags } from '@tc/linux';
import { runtimeFiles } from '../../state/layout.ts';
import { address, at, bytes, cell, flags, load, number, string } from '../data.ts';
import type { Operand } from '../program.ts';
import { eventKinds, eventLayout, eventMagic } from '../protocol.ts';
import type { Context } from './context.ts';

type EventKind = keyof typeof eventKinds;

/** In one write. A failure to tell changes nothing about what is to be done. @param value of each that has one */
export function appendEvents(c: Context, kinds: readonly EventKind[], value: Operand = number(0)): void {
  const { p, spec } = c;
  const size = eventLayout.size * kinds.length;
  const frames = Buffer.alloc(size);
  for (const [index, kind] of kinds.entries()) {
    const frame = frames.subarray(index * eventLayout.size);
    frame.writeUInt32LE(eventMagic, eventLayout.magic);
    frame.writeUInt32LE(eventKinds[kind], eventLayout.kind);
    frame.write(spec.id, eventLayout.id);
    frame.write(spec.name, eventLayout.name);
  }
  const datum = bytes(frames, `{${kinds.join(', ')}}`);
  const fd = cell('fd');
  const skip = p.label();
  const what = `add to the journal: ${kinds.join(', ')}`;
  for (const index of kinds.keys()) {
    const time = address(datum, index * eventLayout.size + eventLayout.time);
    p.call('clock_gettime', [flags(miscConstants, 'CLOCK_REALTIME'), time], { what, checked: false });
    p.set(at(datum, index * eventLayout.size + eventLayout.value), value);
  }
  const open = flags(openFlags, 'O_WRONLY', 'O_APPEND', 'O_CREAT', 'O_CLOEXEC');
  const path = string(`${spec.runtimeDirectory}/${runtimeFiles.events}`);
  p.call('openat', [flags(atFlags, 'AT_FDCWD'), path, open, number(0o600, '0600')], {
    what,
    checked: false,
    result: fd,
  });
  p.jumpIf(load(fd), 'lt', 0, skip);
  p.call('write', [load(fd), address(datum), size], { what, checked: false });
  p.call('close', [load(fd)], { what: 'close the journal', checked: false });
  p.place(skip);
}
