/** Reading and writing of small files that others read, write and remove at the same time. */
import { readFileSync, renameSync, writeFileSync } from 'node:fs';

export function hasErrno(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** What `act` gives, or undefined where a file that it needs is not there. */
export function ifThere<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    if (hasErrno(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
}

export function readBytes(path: string): Buffer | undefined {
  return ifThere(() => readFileSync(path));
}

/** As `readBytes`, in one call of Node.js's native code instead of four: this is what a list of containers does most. */
export function readText(path: string): string | undefined {
  return ifThere(() => readFileSync(path, 'utf8'));
}

/** Written beside it and renamed: whoever reads it finds the old text or the new one (rename(2)). */
export function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.new`;
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}
