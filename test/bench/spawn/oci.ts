import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../interleave.ts';
import type { PrivateNamespace } from './private-namespace.ts';
import { timeCommands } from './time-commands.ts';
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

export function ociCommand(place: Workplace, runtime: 'runc' | 'crun', bundle: Bundle): string[] {
  const state = join(place.directory, runtime);
  return [runtime, '--root', state, 'run', '--bundle', bundle.directory, place.id()];
}

/** @param inside where to run it: crun refuses the cgroups of a hybrid host. */
export function ociCase(
  place: Workplace,
  runtime: 'runc' | 'crun',
  limited: boolean,
  inside?: PrivateNamespace,
): Case {
  let bundle: Bundle | undefined;
  return {
    name: `${runtime} run${limited ? ', memory and pids limits' : ''}`,
    async measure(atOnce) {
      bundle ??= makeBundle(place, ['/bin/true'], limited);
      const { directory } = bundle;
      const commands = Array.from({ length: atOnce }, () =>
        ociCommand(place, runtime, { directory, limited }),
      );
      return inside === undefined ? timeCommands(commands) : inside.timeCommands(commands);
    },
  };
}
