/** What there is by name, for completion, and for whoever has mistyped one. */
import { listVolumes, parseCapabilities } from '@tc/core';

export async function volumeNames(): Promise<string[]> {
  return (await listVolumes()).map(({ name }) => name);
}

/** Without CAP_, as Docker has them. */
export async function capabilityNames(): Promise<string[]> {
  return ['ALL', ...parseCapabilities({ add: ['ALL'] }).map((name) => name.replace(/^CAP_/, ''))];
}
