import { existsSync, writeFileSync } from 'node:fs';
import { UsageError } from '../cli/usage-error.ts';

/**
 * --cidfile: checked before there is a container, written when there is one.
 * @returns what writes it
 * @throws UsageError
 */
export function idFile(path: string | undefined): (id: string) => void {
  if (path === undefined) return () => {};
  if (existsSync(path))
    throw new UsageError(`--cidfile: ${path} is there already`, 'Remove it, or give another path.');
  return (id) => {
    try {
      writeFileSync(path, id, { flag: 'wx' });
    } catch (error) {
      throw new UsageError(`--cidfile: ${(error as Error).message}`);
    }
  };
}
