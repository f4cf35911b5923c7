import type { Cgroup } from './cgroup.ts';
import { identify } from './identify.ts';
import type { FoundCgroup } from './walk.ts';

/** @param name where one is known */
export function toCgroup({ path, directories }: FoundCgroup, name?: string): Cgroup {
  const identity = identify(path);
  return { path, kind: identity.kind, id: identity.id, name: name ?? identity.name, directories };
}
