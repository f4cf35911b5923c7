import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dataDirectory } from '@tc/images';
import type { SpawnRequest } from '../actions/actions.ts';

function fileOf(directory: string): string {
  return join(directory, 'last-spawn.json');
}

/** Variables may be secrets: nobody else reads it. */
export function rememberSpawn(request: SpawnRequest, directory: string = dataDirectory()): void {
  const file = fileOf(directory);
  try {
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${file}.${process.pid}`, JSON.stringify(request), { mode: 0o600 });
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    // It was only to spare typing.
  }
}

/** Undefined where there is none, or it makes no sense. */
export function recallSpawn(directory: string = dataDirectory()): SpawnRequest | undefined {
  try {
    return toRequest(JSON.parse(readFileSync(fileOf(directory), 'utf8')));
  } catch {
    return undefined;
  }
}

/** What another version has written may lack something. */
function toRequest(value: unknown): SpawnRequest {
  const given = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof given[name] === 'string' ? given[name] : '');
  const list = (name: string) => {
    const texts: unknown = given[name];
    return Array.isArray(texts) ? texts.filter((each) => typeof each === 'string') : [];
  };
  return {
    image: text('image'),
    rootfs: text('rootfs'),
    command: list('command'),
    name: text('name'),
    memory: text('memory'),
    pids: text('pids'),
    cpus: text('cpus'),
    mounts: list('mounts'),
    env: list('env'),
    network: text('network'),
    tty: given['tty'] === true,
  };
}
