import { listContainers } from '@tc/core/state';

/** For completion, and for whoever has mistyped one. */
export async function containerNames(): Promise<{ name: string; state: string; image?: string }[]> {
  const { containers } = await listContainers();
  return containers.map(({ name, state, image }) => ({
    ...{ name, state },
    ...(image === undefined ? {} : { image }),
  }));
}
