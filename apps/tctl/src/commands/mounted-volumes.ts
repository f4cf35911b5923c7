import type { ContainerOptions } from '@tc/core';

/** The names of the volumes that a container mounts, however that was written. */
export function volumesOf(mounts: NonNullable<ContainerOptions['mounts']>): string[] {
  return mounts.flatMap((mount) => {
    if (typeof mount !== 'string') return mount.type === 'volume' ? [mount.source] : [];
    const [source = ''] = mount.split(':');
    return source.includes('/') ? [] : [source];
  });
}
