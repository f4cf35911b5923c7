import { invalid } from '../run/invalid.ts';
import type { Mount } from '../run/options.ts';
import { parseMount } from '../run/parse-mount.ts';

/** @throws TcError INVALID_OPTION */
export function checkVolumeName(name: string): string {
  if (typeof name === 'string' && /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}$/.test(name)) return name;
  const hint =
    'Use up to 128 letters, digits, ".", "_" and "-", and start with a letter or digit. A path has a slash: ./NAME.';
  invalid(`${JSON.stringify(name)} is not a name`, 'use a volume', hint);
}

/** The volumes among the mounts that a container was asked for. @throws TcError INVALID_OPTION */
export function volumeNames(mounts: readonly (string | Mount)[]): string[] {
  return mounts
    .map((mount) => (typeof mount === 'string' ? parseMount(mount) : mount))
    .flatMap((mount) => (mount.type === 'volume' ? [mount.source] : []));
}
