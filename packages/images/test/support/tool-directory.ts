import { chmodSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

/** A directory for a private PATH, with copies of some of the host's programs. */
export function makeToolDirectory(at: string, programs: Readonly<Record<string, string>>): string {
  mkdirSync(at, { recursive: true });
  for (const [name, source] of Object.entries(programs)) {
    copyFileSync(source, join(at, name));
    chmodSync(join(at, name), 0o755);
  }
  return at;
}
