import { statfsSync } from 'node:fs';
import type { ContainerOptions, RootfsOptions } from '@tc/core';
import { dataDirectory, hostRootfs } from '@tc/images';
import type { OptionValues } from '../cli/options.ts';
import { writeError } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import type { fileOptions, isolationOptions } from '../table/option-groups.ts';
import { userNamespace } from './to-run-options.ts';

export interface Image {
  readonly rootfs: RootfsOptions;
  /** As it was named; undefined for a directory. */
  readonly image: string | undefined;
  readonly command: readonly string[];
  /** What the image says of how it is run goes below what the user says. */
  apply<T extends Omit<ContainerOptions, 'rootfs' | 'command' | 'stdin'>>(options: T): T;
  /** Removes what was made for this container alone and that it has no more: for one that is gone. */
  release(): Promise<void>;
  /** Mounts of volumes that the image asks for, made for a container that stays. */
  volumes(options: Pick<ContainerOptions, 'mounts'>): Promise<NonNullable<ContainerOptions['mounts']>>;
}

const saysNothing: Pick<Image, 'apply' | 'volumes' | 'release'> = {
  apply: (options) => options,
  volumes: async () => [],
  release: async () => {},
};

/**
 * @param rest the image, unless --rootfs takes its place, and the command
 * @param usage of the command, for hints
 * @param dryRun nothing is to change: a missing image is not pulled @param warn is told what takes long
 * @throws UsageError, TcError IMAGE_NOT_FOUND
 */
export async function resolveImage(
  values: OptionValues<typeof fileOptions> &
    Pick<OptionValues<typeof isolationOptions>, 'userns'> & { readonly quiet?: boolean },
  rest: readonly string[],
  usage: string,
  { dryRun = false, warn = writeError }: { dryRun?: boolean | undefined; warn?: (text: string) => void } = {},
): Promise<Image> {
  const enter = values['no-pivot'] ? 'chroot' : 'pivot_root';
  if (values.rootfs !== undefined) {
    if (rest.length === 0 && !values.entrypoint) throw new UsageError('the command is missing', usage);
    const mode = values['read-only'] ? 'ro' : 'rw';
    const command = [...(values.entrypoint ? [values.entrypoint] : []), ...rest];
    return { ...saysNothing, rootfs: { path: values.rootfs, mode, enter }, image: undefined, command };
  }
  const [image, ...args] = rest;
  if (image === undefined) throw new UsageError('the image is missing', usage);
  const { entrypoint, pull, 'copy-image': copy = false } = values;
  if (image !== 'host') {
    const { resolveStoredImage } = await import('./stored-image.ts');
    const readOnly = values['read-only'] ?? false;
    const user = userNamespace(values.userns) !== false;
    return {
      ...(await resolveStoredImage({
        image,
        args,
        entrypoint,
        readOnly,
        enter,
        pull,
        quiet: values.quiet ?? false,
        dryRun,
        copy,
        user,
        warn,
      })),
      image,
    };
  }
  const command = [...(entrypoint ? [entrypoint] : []), ...args];
  if (command.length === 0)
    throw new UsageError('the command is missing', 'The image host has none of its own: tctl run host sh');
  const { path } = await hostRootfs();
  // Many containers share the tree, so each writes to a layer of its own.
  const mode = values['read-only'] ? 'overlay-ro' : 'overlay';
  return { ...saysNothing, rootfs: { path, mode, enter }, image, command };
}

/** statfs(2), linux/magic.h: no upper layer of an overlay can be on these. */
const withoutUpper = [0x794c7630 /* overlay */, 0x6969 /* NFS */];

/** What a container writes is there again when it is started again, as with Docker; where that can be. */
export function keptOnDisk(rootfs: RootfsOptions): RootfsOptions {
  if (rootfs.mode !== 'overlay' || withoutUpper.includes(statfsSync(dataDirectory()).type)) return rootfs;
  return { ...rootfs, upper: 'disk' };
}
