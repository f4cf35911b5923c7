import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

const name = 'unpack-worker';
/** It would warn of each descriptor that openat2(2) gave us, as Node.js does not know the call. */
const trackUnmanagedFds = false;

/**
 * Starts the thread. Its program is the module beside this one: a source in tests, compiled in a package; or, where all
 * was bundled into one file, a bundle beside that, which its loader in turn gives `require` (apps/tctl/bundle.mjs).
 */
export function startUnpackThread(): Worker {
  const here = import.meta.url.startsWith('file:') ? fileURLToPath(import.meta.url) : import.meta.url;
  const directory = dirname(here);
  const bundle = join(directory, `${name}.bundle`);
  if (here.endsWith('.bundle') && existsSync(bundle))
    return new Worker(loader, { eval: true, workerData: bundle, trackUnmanagedFds });
  if (here.endsWith('.ts')) {
    const execArgv = ['--conditions=tc-source', '--no-warnings'];
    return new Worker(join(directory, `${name}.ts`), { execArgv, trackUnmanagedFds });
  }
  return new Worker(join(directory, `${name}.js`), { trackUnmanagedFds });
}

const loader = `
const { workerData: filename } = require('node:worker_threads');
const source = require('node:fs').readFileSync(filename, 'latin1');
const run = new (require('node:vm').Script)(source, { filename }).runInThisContext();
run({}, require('node:module').createRequire(filename), { exports: {} }, filename);
`;
