import { Container } from '@tc/core';
import { ImageStore, type LayerUser } from '@tc/images';

/** The store of images, which learns here which containers there are: neither package knows the other. */
export function imageStore(): ImageStore {
  return new ImageStore({ users: layerUsers });
}

/** Of a container of `run()` only the topmost layer is known; it is locked by the process that runs it besides. */
async function layerUsers(): Promise<LayerUser[]> {
  return (await Container.list()).map(({ name, options, rootfs, image }) => {
    const path = typeof options?.rootfs === 'object' ? options.rootfs.path : (options?.rootfs ?? rootfs);
    return { name, layers: typeof path === 'string' ? [path] : path, image };
  });
}
