import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Workplace } from './workplace.ts';

/** What `runc spec` writes, as far as it is changed here. */
interface Config {
  root: { path: string; readonly: boolean };
  process: { terminal: boolean; args: string[] };
  linux: { resources: Record<string, unknown> };
}

export interface Bundle {
  readonly directory: string;
  readonly limited: boolean;
}

export function makeBundle(place: Workplace, args: readonly string[], limited: boolean): Bundle {
  const directory = join(place.directory, place.id());
  mkdirSync(directory);
  execFileSync('runc', ['spec'], { cwd: directory });
  const file = join(directory, 'config.json');
  const config = JSON.parse(readFileSync(file, 'utf8')) as Config;
  config.root = { path: place.rootfs, readonly: false };
  config.process.terminal = false;
  config.process.args = [...args];
  if (limited) {
    config.linux.resources['memory'] = { limit: 64 * 2 ** 20 };
    config.linux.resources['pids'] = { limit: 20 };
  }
  writeFileSync(file, JSON.stringify(config));
  return { directory, limited };
}
