/** Containers of images of the store: what the image says, and what the user says to that. */
import { randomBytes } from 'node:crypto';
import { type ContainerOptions, createVolume, type RootfsOptions } from '@tc/core';
import { applyConfig, copyFromImage, type ImageStore, type UsedImage } from '@tc/images';
import { oneOf } from '../cli/numbers.ts';
import { type CopyRequest, copyIfNeeded } from './copy-if-needed.ts';
import { imageStore } from './image-users.ts';
import { withProgress } from './progress.ts';

export interface StoredImageRequest extends CopyRequest {
  readonly args: readonly string[];
  readonly entrypoint: string | undefined;
  readonly readOnly: boolean;
  readonly enter: 'pivot_root' | 'chroot';
  readonly pull: string | undefined;
  /** Nothing is said of a pull. */
  readonly quiet: boolean;
}

type FromUser = Omit<ContainerOptions, 'rootfs' | 'command' | 'stdin'>;

export interface StoredImage {
  readonly rootfs: RootfsOptions;
  readonly command: readonly string[];
  /** What the image says goes below what the user says. */
  apply<T extends FromUser>(options: T): T;
  /** Volumes that the image asks for, for a container that stays: made, and filled with what is there. */
  volumes(options: FromUser): Promise<NonNullable<ContainerOptions['mounts']>>;
  /** Removes the copy of a container that is gone. */
  release(): Promise<void>;
}

/** @throws TcError IMAGE_NOT_FOUND, IMAGE_COMMAND; of a pull */
export async function resolveStoredImage(request: StoredImageRequest): Promise<StoredImage> {
  const { args, entrypoint, readOnly, enter } = request;
  const store = imageStore();
  // Held until this process ends: by then the container's configuration names its layers, or it has ended.
  const used = await find(store, request);
  const { config, layers } = used;
  const first = applyConfig(config.settings, { args, entrypoint });
  const copy = await copyIfNeeded(store, used, request);
  const ofImage = { path: layers, mode: readOnly ? 'overlay-ro' : 'overlay', enter } as const;
  return {
    rootfs: copy === undefined ? ofImage : { path: copy.path, mode: readOnly ? 'ro' : 'rw', enter },
    command: first.command,
    apply: (options) => {
      const { env, cwd, user, stopSignal, labels } = applyConfig(config.settings, {
        args,
        entrypoint,
        env: options.env,
        cwd: options.cwd,
        user: options.user === undefined ? undefined : String(options.user),
        stopSignal: options.stopSignal,
        labels: options.labels,
      });
      return {
        ...options,
        env,
        cwd,
        ...(user !== undefined && { user: wholeUser(user) }), // its accounts are looked up at each start
        ...(stopSignal && { stopSignal }),
        ...(Object.keys(labels).length > 0 && { labels }),
      };
    },
    release: async () => {
      copy?.[Symbol.dispose]();
      if (copy !== undefined) await store.removeCopies();
    },
    volumes: async ({ mounts = [] }) => {
      const mountTargets = mounts.map((mount) =>
        typeof mount === 'string' ? (mount.split(':')[1] ?? '') : mount.target,
      );
      const { volumes } = applyConfig(config.settings, { args, entrypoint, mountTargets });
      return Promise.all(
        volumes.map(async (target) => {
          const { name, path } = await createVolume(randomBytes(32).toString('hex'));
          await copyFromImage(layers, target, path);
          return { type: 'volume', source: name, target } as const;
        }),
      );
    },
  };
}

/** An image may leave either half out: it is root, or no group. */
function wholeUser(user: string): string {
  const [name, group] = [
    user.replace(/:.*$/s, '') || '0',
    user.includes(':') ? user.replace(/^[^:]*:/, '') : '',
  ];
  return group === '' ? name : `${name}:${group}`;
}

async function find(
  store: ImageStore,
  { image, pull, dryRun, quiet }: StoredImageRequest,
): Promise<UsedImage> {
  const when = oneOf('pull', pull ?? 'missing', ['missing', 'always', 'never']);
  try {
    if (when !== 'always' || dryRun) return await store.use(image);
  } catch (error) {
    const isMissing = (error as { code?: unknown }).code === 'IMAGE_NOT_FOUND';
    if (!isMissing || when === 'never' || dryRun) throw error;
  }
  if (/^(sha256:)?[0-9a-f]{64}$/.test(image)) return await store.use(image); // no registry knows an id
  await withProgress(quiet, (onProgress) =>
    store.pull(image, onProgress === undefined ? {} : { onProgress }),
  );
  return await store.use(image);
}
