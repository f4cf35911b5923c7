/** How much disk containers take. Of the bundle of images, as the sizes of their images are known there. */
import { lstat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { ContainerInfo } from '@tc/core';
import { dataDirectory } from '@tc/images';
import type { ContainerSize } from './container-row.ts';
import { diskUsage } from './disk-usage.ts';
import { imageStore } from './image-users.ts';

/** @returns in the order of the containers */
export async function containerSizes(containers: readonly ContainerInfo[]): Promise<ContainerSize[]> {
  const known = await imageSizes();
  const sizes: ContainerSize[] = [];
  for (const container of containers) {
    const { written, layers } = await filesOf(container);
    const [top = ''] = layers;
    if (!known.has(top)) known.set(top, await usageOfAll(layers));
    sizes.push({ writtenBytes: written, virtualBytes: (known.get(top) ?? 0) + (written ?? 0) });
  }
  return sizes;
}

/** Of the images in the store, by the directories of their topmost layers. */
async function imageSizes(): Promise<Map<string, number>> {
  const store = imageStore();
  const sizes = new Map<string, number>();
  for (const { digest, bytes } of await store.list()) {
    const [top] = await store.get(digest).then(
      ({ rootfs }) => rootfs,
      () => [], // a layer of it is missing, or it was removed meanwhile
    );
    if (top !== undefined) sizes.set(top, bytes);
  }
  return sizes;
}

interface Files {
  /** Undefined where nobody can tell it from what was there before. */
  readonly written: number | undefined;
  /** The topmost first. */
  readonly layers: readonly string[];
}

async function filesOf({ id, options, rootfs: top, pid }: ContainerInfo): Promise<Files> {
  // Of `tctl run` in the foreground only the topmost layer is known: it is an image, over which memory lies.
  if (options === undefined) return { written: await inMemory(pid), layers: [top] };
  const { rootfs } = options;
  if (typeof rootfs === 'string') return { written: undefined, layers: [rootfs] };
  const { path, mode = 'rw', upper = 'memory' } = rootfs;
  const layers = typeof path === 'string' ? [path] : path;
  if (mode === 'rw') return { written: undefined, layers };
  if (mode === 'ro' || mode === 'overlay-ro') return { written: 0, layers };
  if (upper === 'memory') return { written: await inMemory(pid), layers };
  const directory = upper === 'disk' ? join(dataDirectory(), 'containers', id) : upper.path;
  return { written: await usageOfContent(join(directory, 'upper')), layers };
}

/** linux/magic.h; statfs(2) */
const tmpfsMagic = 0x01021994;

/** One file system in memory has all that the container wrote, and its /dev: docs/architecture.md. */
async function inMemory(pid: number | undefined): Promise<number> {
  if (pid === undefined) return 0;
  try {
    const { type, blocks, bfree, bsize } = await statfs(`/proc/${pid}/root/dev`);
    return type === tmpfsMagic ? (blocks - bfree) * bsize : 0;
  } catch {
    return 0; // it has ended
  }
}

async function usageOfAll(directories: readonly string[]): Promise<number> {
  const seen = new Set<string>();
  let bytes = 0;
  for (const directory of directories) bytes += await diskUsage(directory, seen);
  return bytes;
}

/** Without the directory itself: what has written nothing takes nothing. */
async function usageOfContent(directory: string): Promise<number> {
  const stats = await lstat(directory).catch(() => undefined);
  return stats === undefined ? 0 : (await diskUsage(directory)) - stats.blocks * 512;
}
