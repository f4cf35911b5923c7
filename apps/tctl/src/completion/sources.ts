import type { Sources } from './complete.ts';

/** Of this machine, each from the bundle that knows it. What can't be read offers nothing: nobody asked for an error. */
export const machineSources: Sources = {
  containers: () => orNone(async () => (await import('../commands/ps.ts')).containerNames()),
  images: () => orNone(async () => (await import('../commands/images.ts')).imageNames()),
  volumes: () => orNone(async () => (await import('../commands/containers.ts')).volumeNames()),
  capabilities: () => orNone(async () => (await import('../commands/containers.ts')).capabilityNames()),
};

async function orNone<T>(read: () => Promise<readonly T[]>): Promise<readonly T[]> {
  try {
    return await read();
  } catch {
    return [];
  }
}
