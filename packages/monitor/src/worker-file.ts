import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * monitor-worker beside this file: `.ts` in sources, `.js` in dist, and `.js` beside a bundle, where import.meta.url
 * may be a mere path.
 */
export function workerFile(): string {
  const here = import.meta.url;
  const url = isAbsolute(here) ? pathToFileURL(here).href : here;
  return fileURLToPath(new URL(url.endsWith('.ts') ? './monitor-worker.ts' : './monitor-worker.js', url));
}
