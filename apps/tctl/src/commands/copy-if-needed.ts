/** A copy of an image for one container, where layers on each other are not possible. */
import { maxOverlayLayers } from '@tc/core';
import { type ImageCopy, type ImageStore, overlayRefusal, type UsedImage } from '@tc/images';
import { megabytes } from './progress.ts';

export interface CopyRequest {
  readonly image: string;
  /** Whether it works or not. */
  readonly copy: boolean;
  /** The container has a user namespace. */
  readonly user: boolean;
  readonly dryRun: boolean;
  readonly warn: (text: string) => void;
}

/** @returns undefined where overlayfs does @throws TcError DATA_DIR_FULL */
export async function copyIfNeeded(
  store: ImageStore,
  used: UsedImage,
  { image, copy, user, dryRun, warn }: CopyRequest,
): Promise<ImageCopy | undefined> {
  const reason = copy ? 'as you asked for' : problem(used, user);
  if (reason === undefined || dryRun) return undefined;
  const start = performance.now();
  const made = await store.copy(image);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (!copy) {
    const cost = `${megabytes(used.image.bytes)} in ${seconds} s`;
    warn(`tctl: the container gets a copy of the image (${cost}) instead of sharing it: ${reason}\n`);
  }
  return made;
}

function problem({ layers, opaqueForRootAlone }: UsedImage, user: boolean): string | undefined {
  if (user && opaqueForRootAlone)
    return 'what the image deleted would show in a user namespace, as its file system has no user.* attributes';
  if (layers.length > maxOverlayLayers)
    return `overlayfs takes ${maxOverlayLayers} layers, and it has ${layers.length}`;
  return overlayRefusal(layers);
}
