import { layerError } from './rules.ts';

/** Shorter than the kernel's PATH_MAX by enough for the path of the store before it. */
const maxNameBytes = 2048;

/**
 * The name of a member as its components; none for the root itself. Names are latin1: a character a byte.
 * @throws TcError LAYER_ESCAPES for an absolute one, and for `..`; LAYER_INVALID
 */
export function componentsOf(path: string): string[] {
  if (path.startsWith('/')) throw layerError('its name is absolute', 'LAYER_ESCAPES', path);
  return insideOf(path);
}

/** Of a hard link's target, where a slash before it can only mean the root of the archive. */
export function insideOf(path: string): string[] {
  if (path === '') throw layerError('a member has no name', 'LAYER_INVALID');
  if (path.includes('\0')) throw layerError('its name has a NUL byte', 'LAYER_INVALID', path);
  if (path.length > maxNameBytes)
    throw layerError(`its name has more than ${maxNameBytes} bytes`, 'LAYER_INVALID', path.slice(0, 80));
  const components = path.split('/').filter((each) => each !== '' && each !== '.');
  if (components.includes('..')) throw layerError('its name has ".."', 'LAYER_ESCAPES', path);
  const long = components.find((each) => each.length > 255);
  if (long !== undefined)
    throw layerError('a part of its name has more than 255 bytes', 'LAYER_INVALID', path);
  return components;
}

export type Whiteout = { readonly kind: 'opaque' } | { readonly kind: 'hides'; readonly name: string };

const prefix = '.wh.';

/**
 * What a name says of the layers below: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
 * @returns `other` for the rest of AUFS's names, which mean nothing any more; undefined for a usual name
 */
export function whiteoutOf(name: string, path: string): Whiteout | 'other' | undefined {
  if (!name.startsWith(prefix)) return undefined;
  if (name === '.wh..wh..opq') return { kind: 'opaque' };
  if (name.startsWith('.wh..wh.')) return 'other';
  const hidden = name.slice(prefix.length);
  if (hidden === '' || hidden === '.' || hidden === '..')
    throw layerError('it would hide what is no name', 'LAYER_ESCAPES', path);
  return { kind: 'hides', name: hidden };
}
