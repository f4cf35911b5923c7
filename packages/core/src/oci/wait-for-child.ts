/** The end of a process that Node.js does not know, but that is a child of this process: an adopted orphan. */
import { endOf } from '@tc/linux';

interface Waiting {
  resolve(status: number): void;
  reject(error: unknown): void;
}

const waiting = new Map<number, Waiting>();
let timer: NodeJS.Timeout | undefined;

/**
 * @param pid a child of this process: `keepOrphans()` before it became an orphan
 * @returns its status, as wait(2) tells it; the kernel forgets it then
 */
export function whenChildEnds(pid: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  waiting.set(pid, { resolve, reject });
  if (timer === undefined) {
    process.on('SIGCHLD', look);
    timer = setInterval(look, 1000); // it keeps this process here, too
  }
  look();
  return promise;
}

function look(): void {
  for (const [pid, { resolve, reject }] of waiting) {
    try {
      const status = endOf(pid);
      if (status === undefined) continue;
      resolve(status);
    } catch (error) {
      reject(error);
    }
    waiting.delete(pid);
  }
  if (waiting.size > 0) return;
  clearInterval(timer);
  timer = undefined;
  process.off('SIGCHLD', look);
}
