/**
 * The journal of events of a runtime directory. Whoever acts on a container appends an entry: Node.js processes and
 * supervisors (`launch/phases/journal.ts`), many at once.
 */
import { closeSync, constants, fstatSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { flock, miscConstants } from '@tc/linux';
import type { RotatingFiles } from '../logs/follow-frames.ts';
import { runtimeFiles } from '../state/layout.ts';
import { encodeEvent, type NewEvent } from './event.ts';

const maxBytes = 2 ** 20;

export function journalFiles(runtimeDirectory: string): RotatingFiles {
  return { directory: runtimeDirectory, current: runtimeFiles.events, old: runtimeFiles.oldEvents };
}

/**
 * With O_APPEND one write is one entry, whoever else writes: open(2). What it tells of has happened, and a journal that
 * can't take it (a full disk) must not make that look like a failure.
 */
export function appendEvent(runtimeDirectory: string, event: NewEvent): void {
  const { O_WRONLY, O_APPEND, O_CREAT, O_NOFOLLOW } = constants;
  const path = join(runtimeDirectory, runtimeFiles.events);
  let fd: number | undefined;
  try {
    fd = openSync(path, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW, 0o600);
    writeSync(fd, encodeEvent(event));
  } catch {
    // Told to nobody.
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Puts a long journal aside. Costs one stat where it is not long. Of several processes that do it at once one
 * succeeds: who holds a lock on the very file that has the name may rename it. A writer that has it open still writes
 * to it under its new name, and readers look there too.
 */
export function rotateJournal(runtimeDirectory: string): void {
  const path = join(runtimeDirectory, runtimeFiles.events);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size < maxBytes) return;
  const { LOCK_EX, LOCK_NB } = miscConstants;
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return; // another process is about to make a new one
    throw error;
  }
  try {
    if (!flock(fd, LOCK_EX | LOCK_NB)) return;
    const { ino, size: lockedSize } = fstatSync(fd);
    if (lockedSize < maxBytes || statSync(path, { throwIfNoEntry: false })?.ino !== ino) return;
    renameSync(path, join(runtimeDirectory, runtimeFiles.oldEvents));
  } finally {
    closeSync(fd);
  }
}
