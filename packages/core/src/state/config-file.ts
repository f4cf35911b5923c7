/** `config.json`: what `Container.create` was asked for, and what is wanted of the container now. */
import { join } from 'node:path';
import { TcError } from '@tc/linux';
import type { ContainerOptions } from '../container/options.ts';
import { readText, writeAtomically } from './files.ts';
import { stateFiles } from './layout.ts';
import { parseObject } from './parse-object.ts';

export const configSchema = 1;

export interface ContainerConfig {
  readonly id: string;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  /** With absolute paths, and limits as `update()` has changed them. */
  readonly options: ContainerOptions;
  /** `stopped` keeps the restart policy from starting it again, in whichever process that works. */
  readonly wanted: 'running' | 'stopped';
  /** Counts the calls of `start()`: the restart policy of an earlier one no longer applies. */
  readonly starts: number;
}

/** @throws TcError CONFIG_VERSION where a newer version wrote it */
export function decodeConfig(text: string, path?: string): ContainerConfig | undefined {
  const file = parseObject(text);
  if (file === undefined) return undefined;
  const { schema, ...config } = file;
  if (typeof schema === 'number' && schema > configSchema) {
    throw new TcError(`it has version ${schema}, and this is ${configSchema}`, {
      code: 'CONFIG_VERSION',
      operation: 'read the configuration of a container',
      path,
      hint: 'A newer tctl made the container: use that.',
    });
  }
  return schema === configSchema && isConfig(config) ? config : undefined;
}

function isConfig(value: object): value is ContainerConfig {
  const { id, name, createdAtMs, options, wanted, starts } = value as Partial<ContainerConfig>;
  return (
    typeof id === 'string' &&
    typeof name === 'string' &&
    typeof createdAtMs === 'number' &&
    typeof options === 'object' &&
    options !== null &&
    Array.isArray(options.command) &&
    (wanted === 'running' || wanted === 'stopped') &&
    typeof starts === 'number'
  );
}

/**
 * @returns undefined where there is none, or half of one: then nobody has ever been told of the container.
 * @throws TcError CONFIG_VERSION
 */
export function readConfig(stateDirectory: string): ContainerConfig | undefined {
  const path = `${stateDirectory}/${stateFiles.config}`;
  const text = readText(path);
  return text === undefined ? undefined : decodeConfig(text, path);
}

/** Whoever changes one holds the container's lock. */
export function writeConfig(stateDirectory: string, config: ContainerConfig): void {
  writeAtomically(
    join(stateDirectory, stateFiles.config),
    JSON.stringify({ schema: configSchema, ...config }),
  );
}
