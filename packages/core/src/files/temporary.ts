/** New files get their name when they are complete: nobody sees half of one, and no link is ever written through. */
import { randomBytes } from 'node:crypto';
import { type FileHandle, unlink } from 'node:fs/promises';
import type { Name, Pin } from '@tc/linux';
import { createFile, createLink, giveName } from './create.ts';

const newName = () => `.tctl-${randomBytes(8).toString('hex')}`;

/** @param fill writes to it, and gives it its owner, mode and times */
export async function placeFile(
  directory: Pin,
  name: Name,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const made = newName();
  const temporary = directory.child(made);
  const file = await createFile(directory, made);
  try {
    try {
      await fill(file);
    } finally {
      await file.close();
    }
    await giveName(directory, made, name);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}

/** @param finish gives it its owner and times, by its temporary path */
export async function placeLink(
  directory: Pin,
  name: Name,
  target: Buffer,
  finish: (path: Buffer) => Promise<void>,
): Promise<void> {
  const made = newName();
  const temporary = directory.child(made);
  await createLink(directory, made, target);
  try {
    await finish(temporary);
    await giveName(directory, made, name);
  } catch (error) {
    await unlink(temporary).catch(() => {});
    throw error;
  }
}
