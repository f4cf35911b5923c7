import { lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ErrorDetails, TcError } from '@tc/linux';

/**
 * Where running containers leave their traces: `TCTL_RUNTIME_DIR`, or `/run/tctl` for root, or
 * `$XDG_RUNTIME_DIR/tctl` (XDG Base Directory Specification), or a directory per user in the temporary directory.
 * @throws TcError RUNTIME_DIRECTORY where the last is another user's
 */
export function runtimeDirectory(
  env: NodeJS.ProcessEnv = process.env,
  uid = process.geteuid?.() ?? 0,
): string {
  const chosen = env['TCTL_RUNTIME_DIR'];
  if (chosen) return chosen;
  if (uid === 0) return '/run/tctl';
  const xdg = env['XDG_RUNTIME_DIR'];
  if (xdg) return join(xdg, 'tctl');
  const path = join(tmpdir(), `tctl-${uid}`);
  // Whoever was first there could say which processes are a container's, and have them killed as one's leftovers.
  if (lstatSync(path, { throwIfNoEntry: false })) checkOwner(path, detailsOf(path), uid);
  return path;
}

function detailsOf(path: string): ErrorDetails {
  return {
    code: 'RUNTIME_DIRECTORY',
    operation: `make the runtime directory ${path}`,
    path,
    hint: 'Set TCTL_RUNTIME_DIR to a directory of your own.',
  };
}

/** Makes it, readable by its owner alone. @throws TcError RUNTIME_DIRECTORY */
export function ensureRuntimeDirectory(path: string): void {
  const details = detailsOf(path);
  try {
    makeDirectory(path);
  } catch (cause) {
    throw new TcError((cause as Error).message, { ...details, cause });
  }
  checkOwner(path, details);
}

/** mkdir -p. Node's own, `recursive`, never ends below a directory that takes no entries, such as /proc. */
function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { mode: 0o700 });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return;
    if (code !== 'ENOENT' || dirname(path) === path) throw error;
    makeDirectory(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}

/** In a shared directory another user may have been first: what lies there would be theirs to change. */
function checkOwner(path: string, details: ErrorDetails, uid = process.geteuid?.()): void {
  const stats = lstatSync(path);
  if (!stats.isDirectory()) throw new TcError('it is not a directory', details);
  if (stats.uid !== uid) throw new TcError(`it belongs to uid ${stats.uid}`, details);
}
