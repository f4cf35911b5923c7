/** Being told when a container has no memory left: memory.events of version 2, an eventfd in version 1. */
import { closeSync, openSync, read, watch, writeFileSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { eventfd } from '@tc/linux';
import { CgroupFiles } from './cgroup-files.ts';
import type { OciCgroups } from './cgroups.ts';

export interface OomWatch extends AsyncDisposable {
  /** Looks once more: what came with the end may not have been told of. */
  lookAgain(): void;
}

/** Calls `onOom` once for each time. Nothing happens where the memory is not counted. */
export function watchOom(cgroups: OciCgroups, onOom: () => void): OomWatch {
  const files = new CgroupFiles(cgroups);
  const path = files.path(files.isV1 ? 'memory.oom_control' : 'memory.events');
  if (path === undefined || files.text(files.isV1 ? 'memory.oom_control' : 'memory.events') === undefined)
    return { lookAgain() {}, async [Symbol.asyncDispose]() {} };
  return files.isV1 ? watchV1(path, files, onOom) : watchV2(path, files, onOom);
}

/** kernfs tells watchers of memory.events that it has changed: cgroup-v2.rst, "[Un]populated Notification". */
function watchV2(path: string, files: CgroupFiles, onOom: () => void): OomWatch {
  const count = () => files.keyed('memory.events').get('oom_kill') ?? 0n;
  let told = count();
  const lookAgain = () => {
    const now = count();
    if (now > told) onOom();
    told = now;
  };
  const watcher = watch(path, lookAgain);
  watcher.on('error', () => {}); // it has gone with the container
  return { lookAgain, [Symbol.asyncDispose]: async () => watcher.close() };
}

/**
 * It is registered by writing its number beside the file's: cgroup-v1/memory.rst, section 9. A read of it waits in a
 * thread, until an OOM or the removal of the cgroup.
 */
function watchV1(path: string, files: CgroupFiles, onOom: () => void): OomWatch {
  const event = eventfd();
  const file = openSync(path, 'r');
  try {
    writeFileSync(join(dirname(path), 'cgroup.event_control'), `${event} ${file}`, { flag: 'r+' });
  } finally {
    closeSync(file);
  }
  const before = files.keyed('memory.oom_control').get('oom_kill') ?? 0n;
  let times = 0;
  let isOver = false;
  const { promise: closed, resolve: tellClosed } = Promise.withResolvers<void>();
  const wait = () =>
    read(event, Buffer.alloc(8), 0, 8, null, (error) => {
      // Its removal signals it, too.
      if (error !== null || isOver || files.text('memory.oom_control') === undefined) {
        isOver = true;
        closeSync(event);
        tellClosed();
        return;
      }
      times += 1;
      onOom();
      wait();
    });
  wait();
  return {
    lookAgain() {
      const kills = (files.keyed('memory.oom_control').get('oom_kill') ?? before) - before;
      if (kills > 0n && times === 0) onOom();
    },
    async [Symbol.asyncDispose]() {
      if (!isOver) writeSync(event, BigUint64Array.of(1n)); // the thread that waits wakes up
      isOver = true;
      await closed;
    },
  };
}
