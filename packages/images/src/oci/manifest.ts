import { type Descriptor, invalidImage, isObject, parseDescriptor, parseObject } from './descriptor.ts';
import { indexTypes, isLayerType, manifestTypes, mediaTypes } from './media-types.ts';
import { formatPlatform, isPlatform, type Platform } from './platform.ts';

/** Greater ones are refused unread: so does every registry. */
export const maxManifestBytes = 4 * 2 ** 20;
export const maxConfigBytes = 8 * 2 ** 20;
/** More than overlayfs takes here, and room for layers that hold nothing. */
const maxLayers = 1000;

export interface Manifest {
  readonly mediaType: string;
  readonly config: Descriptor;
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
}

/** @param given what the server or the index says that it is; a manifest need not say it itself */
export function mediaTypeOf(text: string, given: string | undefined, what: string): string {
  const object = parseObject(text, what);
  const { mediaType } = object;
  if (typeof mediaType === 'string') return mediaType;
  if (given !== undefined && [...indexTypes, ...manifestTypes].includes(given)) return given;
  return Array.isArray(object['manifests']) ? mediaTypes.ociIndex : mediaTypes.ociManifest;
}

/** @throws TcError IMAGE_INVALID, IMAGE_UNSUPPORTED */
export function parseManifest(text: string, given: string | undefined, what: string): Manifest {
  const object = parseObject(text, what);
  const { config, layers, schemaVersion } = object;
  const mediaType = mediaTypeOf(text, given, what);
  if (schemaVersion !== 2 || !manifestTypes.includes(mediaType))
    throw invalidImage(what, `${JSON.stringify(mediaType)} is no manifest that this program knows`);
  // Text that can be read as both is refused: GHSA-77vh-xpmg-72qh.
  if (object['manifests'] !== undefined) throw invalidImage(what, 'it is a manifest and an index at once');
  if (!Array.isArray(layers) || layers.length > maxLayers)
    throw invalidImage(what, 'it has no list of layers');
  const parsed = layers.map((layer) => parseDescriptor(layer, what));
  const other = parsed.find((layer) => !isLayerType(layer.mediaType));
  if (other !== undefined) {
    throw invalidImage(what, `a layer is ${JSON.stringify(other.mediaType)}: it is no image of a container`);
  }
  return { mediaType, config: parseDescriptor(config, what), layers: parsed };
}

export function parseIndex(text: string, what: string): Descriptor[] {
  const object = parseObject(text, what);
  if (object['layers'] !== undefined || object['config'] !== undefined)
    throw invalidImage(what, 'it is a manifest and an index at once');
  const { manifests } = object;
  if (!Array.isArray(manifests)) throw invalidImage(what, 'it has no list of manifests');
  return manifests.filter(isObject).map((each) => parseDescriptor(each, what));
}

/** Of several images that of a platform. @throws TcError IMAGE_INVALID */
export function choosePlatform(manifests: readonly Descriptor[], wanted: Platform, what: string): Descriptor {
  const images = manifests.filter(({ mediaType }) => [...manifestTypes, ...indexTypes].includes(mediaType));
  const found = images.find(({ platform }) => platform !== undefined && isPlatform(wanted, platform));
  if (found !== undefined) return found;
  const [only, ...others] = images;
  if (only !== undefined && others.length === 0 && only.platform === undefined) return only;
  const offered = images.flatMap(({ platform }) => (platform === undefined ? [] : formatPlatform(platform)));
  throw invalidImage(
    what,
    `there is none for ${formatPlatform(wanted)}, only for ${offered.join(', ') || 'none that says its platform'}`,
  );
}
