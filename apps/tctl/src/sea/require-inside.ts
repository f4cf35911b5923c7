import * as modules from 'node:module';
import { getAsset, getRawAsset } from 'node:sea';
import * as threads from 'node:worker_threads';
import { loadNativeCode } from './native-code.ts';

/**
 * Where the bundles believe to be. This executable is a file, so nothing can be below it (path_resolution(7), ENOTDIR):
 * whatever looks for a file beside itself finds none that somebody has put there.
 */
export const directoryInside = '/proc/self/exe/';

let koffi: unknown;

/** What bundles get as `require`: other bundles, Node.js itself, koffi, and no file at all. */
export function requireInside(id: string, load: (name: string) => unknown): unknown {
  const require = (other: string) => requireInside(other, load);
  if (id.startsWith('bundle:')) return load(id.slice('bundle:'.length));
  if (id.startsWith(directoryInside)) return load(nameInside(id)); // piscina, of the file with the tasks
  if (id === 'koffi') {
    koffi ??= loadNativeCode(new Uint8Array(getRawAsset('koffi.node')));
    return koffi;
  }
  if (id === 'node:worker_threads') return threadsInside;
  if (id === 'node:module') return { ...modules, createRequire: () => require };
  if (modules.isBuiltin(id)) return process.getBuiltinModule(id);
  throw Object.assign(new Error(`there is no ${id} in this executable`), { code: 'MODULE_NOT_FOUND' });
}

/** A thread whose file is a bundle: it runs the program of the executable, too, and is told which bundle to load. */
class ThreadInside extends threads.Worker {
  constructor(file: string, options: threads.WorkerOptions = {}) {
    super(getAsset('main', 'utf8'), { ...options, eval: true, argv: [nameInside(file)] });
  }
}

const threadsInside = { ...threads, Worker: ThreadInside };

/** `/proc/self/exe/worker.js` -> `worker` */
function nameInside(path: string): string {
  return path.slice(directoryInside.length).replace(/\.js$/, '');
}
