import type { Socket } from 'node:net';

/** Where nothing comes for so long, nothing more comes. */
const quietMs = 500;
/** A pipe holds a mebibyte at most: who writes for longer has begun after the end. */
const longestMs = 10_000;

/**
 * For output whose command is gone with all that it has started: closes what stays open when it has been read. Others
 * can have it open all the same: whatever shares a container with a command may open /proc/PID/fd/1, and descriptors
 * travel through sockets (unix(7), SCM_RIGHTS).
 */
export function letGo(streams: readonly Socket[]): Disposable {
  const begun = performance.now();
  let before = -1;
  const look = () => {
    const open = streams.filter((stream) => !stream.destroyed);
    // Whoever reads it is slow: what has come is theirs.
    if (open.some((stream) => stream.isPaused() || stream.readableLength > 0)) return;
    const read = open.reduce((sum, stream) => sum + stream.bytesRead, 0);
    const isQuiet = read === before;
    before = read;
    if (isQuiet || performance.now() - begun > longestMs) for (const stream of open) stream.destroy();
  };
  // Not in the timer itself: after a long pause of this process that comes before what is there was read.
  const timer = setInterval(() => setImmediate(look), quietMs);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
