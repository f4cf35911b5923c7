/** Mounts whose files have other owners than on the disk: config.md, `uidMappings`, `idmap`, `ridmap`. */
import type { IdMap } from '../../launch/bundle-spec.ts';
import type { OciConfig } from '../config/config.ts';
import type { OciMount } from '../config/mounts.ts';
import { refuse, unsupported } from '../json.ts';
import { type Caller, mapText } from './namespaces.ts';

/**
 * Without a map of its own that of the container.
 * @returns undefined where nothing is mapped
 * @throws TcError INVALID_BUNDLE, UNSUPPORTED_FIELD
 */
export function idMapOf(
  { options, uidMappings, gidMappings }: OciMount,
  at: string,
  { linux }: OciConfig,
  caller: Caller,
): { readonly ids: IdMap; readonly recursive: boolean } | undefined {
  const recursive = options.includes('ridmap');
  const hasOwn = uidMappings.length > 0 || gidMappings.length > 0;
  if (!hasOwn && !recursive && !options.includes('idmap')) return undefined;
  if (caller.uid !== 0) unsupported(at, 'has a map of ids, which only root can give a mount');
  if (hasOwn) {
    if (uidMappings.length === 0 || gidMappings.length === 0)
      refuse(at, 'has only one of uidMappings and gidMappings');
    return { ids: { uidMap: mapText(uidMappings), gidMap: mapText(gidMappings) }, recursive };
  }
  const user = linux.namespaces.find(({ type }) => type === 'user');
  if (user === undefined)
    refuse(`${at}.options`, 'has idmap, and there are neither uidMappings nor a user namespace');
  if (user.path !== undefined) return { ids: { path: user.path }, recursive };
  return {
    ids: { uidMap: mapText(linux.uidMappings), gidMap: mapText(linux.gidMappings) },
    recursive,
  };
}
