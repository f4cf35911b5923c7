/** What there is by name, for completion, and for whoever has mistyped one. */
import { Container, listVolumes, parseCapabilities } from '@tc/core';

export async function containerNames(): Promise<{ name: string; state: string; image?: string }[]> {
  const all = await Container.list();
  return all.map(({ name, state, image }) => ({ name, state, ...(image === undefined ? {} : { image }) }));
}

export async function volumeNames(): Promise<string[]> {
  return (await listVolumes()).map(({ name }) => name);
}

/** Without CAP_, as Docker has them. */
export async function capabilityNames(): Promise<string[]> {
  return ['ALL', ...parseCapabilities({ add: ['ALL'] }).map((name) => name.replace(/^CAP_/, ''))];
}
