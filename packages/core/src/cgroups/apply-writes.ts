/** Writes to the files of a cgroup that is in use: all of them, or none. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { type ErrnoCode, readOptional, TcError } from '@tc/linux';
import { lift } from './lift.ts';
import type { CgroupWrite } from './plan.ts';
import { writeOptional } from './tree.ts';

/** A write, and what the file held before. */
interface Change extends CgroupWrite {
  readonly before: string | undefined;
}

/** Of io each device has a line of its own in the file. */
export const isIo = (path: string): boolean => /^(io\.max|blkio\.)/.test(basename(path));

/** Device rules of v1, which come last: they can't be put back, and need not be. */
const isWriteOnly = (path: string): boolean => /^devices\./.test(basename(path));

/**
 * Where the kernel refuses one, those written before are put back.
 * @returns what puts everything back
 * @throws TcError of `applyWrite`
 */
export function applyWrites(writes: readonly CgroupWrite[]): () => void {
  const done: Change[] = [];
  const undo = () => {
    for (const change of done.toReversed()) putBack(change);
  };
  try {
    for (const write of inOrder(writes)) {
      const before = isWriteOnly(write.path) ? undefined : readOptional(write.path)?.trim();
      applyWrite(write);
      done.push({ ...write, before });
    }
  } catch (error) {
    undo();
    throw error;
  }
  return undo;
}

/**
 * v1 wants memory.memsw never to be less than memory (Documentation/admin-guide/cgroup-v1/memory.rst): the sum goes up
 * first and comes down last.
 */
function inOrder(writes: readonly CgroupWrite[]): CgroupWrite[] {
  const isSum = ({ path }: CgroupWrite) => basename(path) === 'memory.memsw.limit_in_bytes';
  const sum = writes.find(isSum);
  if (sum === undefined) return [...writes];
  const others = writes.filter((write) => write !== sum);
  const now = readOptional(sum.path);
  const rises = sum.value === '-1' || (now !== undefined && BigInt(sum.value) > BigInt(now.trim()));
  return rises ? [sum, ...others] : [...others, sum];
}

/** @throws TcError LIMIT_BELOW_USAGE, or what the write says of the errno */
export function applyWrite({ path, value, what, optional, diagnose }: CgroupWrite): void {
  try {
    writeFileSync(path, value, { flag: 'r+' });
  } catch (cause) {
    const name = ((cause as NodeJS.ErrnoException).code ?? 'EIO') as ErrnoCode;
    if (optional && name === 'ENOENT') return;
    const diagnosis = diagnose?.[name] ?? diagnose?.['other'];
    throw new TcError(name === 'EBUSY' ? 'more is in use already' : (cause as Error).message, {
      code: diagnosis?.code ?? (name === 'EBUSY' ? 'LIMIT_BELOW_USAGE' : name),
      operation: what,
      path,
      hint: diagnosis?.hint,
      cause,
    });
  }
}

function putBack(change: Change): void {
  const { path, before } = change;
  if (before === undefined) return;
  const device = change.value.split(' ')[0] ?? '';
  try {
    const value = isIo(path) ? (lineOf(before, device) ?? lift(change)?.value) : before;
    if (value !== undefined) writeOptional(path, value);
  } catch {} // the error that led here matters more
}

function lineOf(text: string, device: string): string | undefined {
  return text.split('\n').find((line) => line.startsWith(`${device} `));
}
