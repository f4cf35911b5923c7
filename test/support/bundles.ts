/** OCI bundles of this machine's own programs, and containers of them, as scripts make them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BundleContainer, type BundleOptions, Container } from '@tc/core';
import { defaultOciConfig, OciStore } from '@tc/core/oci';
import { expect } from 'vitest';
import { directory, newDirectory, newName } from './kernel.ts';
import { hostRoot } from './rootfs.ts';

/** What a test changes of config.json. */
export interface Config {
  process: Record<string, unknown> & { args: string[] };
  linux: Record<string, unknown>;
  mounts: {
    destination: string;
    type?: string;
    source?: string;
    options?: string[];
    [key: string]: unknown;
  }[];
  [key: string]: unknown;
}

export type Change = (config: Config) => void;

/** Where the states of this file's containers are. */
export const stateRoot = join(directory, 'oci');
export const store = new OciStore(stateRoot);

/** Where the cgroups of a test's container are, without the mount point: the name is one that leftovers are told by. */
export const cgroupsPathOf = (id: string) => `/tctl-${id}`;

/** A bundle that runs a shell script. */
export function makeBundle(id: string, script: string, change: Change = () => {}): string {
  const path = newDirectory();
  const config = defaultOciConfig() as unknown as Config;
  Object.assign(config.process, { terminal: false, args: ['sh', '-c', script] });
  Object.assign(config, { root: { path: hostRoot, readonly: true } });
  Object.assign(config.linux, { cgroupsPath: cgroupsPathOf(id) });
  change(config);
  writeFileSync(join(path, 'config.json'), JSON.stringify(config));
  return path;
}

/** Makes its container. To be disposed of. */
export async function bundleContainer(
  script: string,
  change?: Change,
  options: BundleOptions = {},
): Promise<BundleContainer> {
  mkdirSync(directory, { recursive: true });
  const id = options.id ?? newName();
  return Container.fromBundle(makeBundle(id, script, change), { id, root: stateRoot, ...options });
}

/** What a script prints, which ends with 0. */
export async function runBundle(script: string, change?: Change): Promise<string> {
  await using container = await bundleContainer(script, change, { stdout: 'pipe', stderr: 'pipe' });
  const [stdout, stderr] = [collect(container.stdout), collect(container.stderr)];
  await container.start();
  const exit = await container.wait();
  expect({ ...exit, stderr: await stderr }).toEqual({ exitCode: 0, signal: undefined, stderr: '' });
  return await stdout;
}

export async function collect(stream: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  const chunks: Uint8Array[] = [];
  if (stream !== undefined) for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}
