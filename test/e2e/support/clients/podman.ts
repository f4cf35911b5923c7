/** podman with storage, state and cgroups of the test file's own, which go with it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installed } from '../../../support/installed.ts';
import { removePodmanParent } from '../../../support/podman-cgroups.ts';
import { hostRoot } from '../../../support/rootfs.ts';
import { environment, type Finished, startCommand } from '../command.ts';
import { newName, newRoomyDirectory } from '../suite.ts';
import { documented } from './documented.ts';
import { ours, type Runtime } from './runtimes.ts';
import type { Client } from './yardstick.ts';

const storage = newRoomyDirectory();
const configuration = join(storage, 'containers.conf');
export const cgroupParent = `/e${process.pid}-podman`;

// Without CAP_SYS_RESOURCE podman's own limits of processes are too high; without systemd it has no journal.
const settings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
${documented('toml', '[engine.runtimes]').replace('[engine]', '[engine]\nevents_logger = "file"')}`;

export const podmanVariables = { CONTAINERS_CONF: configuration, TMPDIR: storage };
const env = environment(podmanVariables);

/** For options of `run` that have to be the suite's own. */
export const own = ['--cgroup-parent', cgroupParent];
const alone = [...own, '--network', 'none'];

export class Podman {
  readonly #runtime: string;

  /** @param runtime a path, or a name that containers.conf knows */
  constructor(runtime: string) {
    this.#runtime = runtime;
  }

  /** The whole command line. */
  command(...args: string[]): string[] {
    const places = Object.entries({ root: 'root', runroot: 'run', tmpdir: 'tmp' });
    const globals = places.flatMap(([option, name]) => [`--${option}`, join(storage, name)]);
    const choices = ['--storage-driver', 'vfs', '--cgroup-manager', 'cgroupfs', '--runtime', this.#runtime];
    return ['podman', ...globals, ...choices, ...args];
  }

  call(...args: string[]): Promise<Finished> {
    return startCommand(this.command(...args), { env, cwd: storage }).ended; // conmon tells of an OOM by a file there
  }

  async succeed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(...args);
    if (code !== 0) throw new Error(`podman ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** As `output`, with something on its stdin. */
  async outputWith(input: string, ...args: string[]): Promise<string> {
    const command = this.command('run', '--rm', '-i', ...alone, ...args);
    const started = startCommand(command, { env, cwd: storage, stdio: 'pipe' });
    started.process.stdin?.end(input);
    const { code, stdout, stderr } = await started.ended;
    if (code !== 0) throw new Error(`it ended with ${code}: ${stderr}`);
    return stdout;
  }

  /** A container that is gone afterwards, without a network. */
  run(...args: string[]): Promise<Finished> {
    return this.call('run', '--rm', ...alone, ...args);
  }

  /** As `run`; it has to succeed. @returns what it has written */
  output(...args: string[]): Promise<string> {
    return this.succeed('run', '--rm', ...alone, ...args);
  }

  /** A container in the background, to be disposed of. */
  async background(...args: string[]): Promise<{ name: string } & AsyncDisposable> {
    const name = newName();
    await this.succeed('run', '-d', '--name', name, ...alone, ...args);
    return {
      name,
      [Symbol.asyncDispose]: async () => {
        await this.succeed('rm', '--force', '--time', '0', name);
      },
    };
  }
}

const needs = [installed('podman'), installed('conmon')];

/** Has this file's tests an image `host`, of this machine's programs. */
export function usePodman(name: string): Client<Podman> {
  const isThere = needs.every((need) => need() === undefined);
  const podman = new Podman(ours.path);
  beforeAll(async () => {
    if (!isThere) return;
    mkdirSync(storage, { recursive: true });
    writeFileSync(configuration, settings);
    const archive = join(storage, 'image.tar');
    execFileSync('tar', ['-C', hostRoot, '-cf', archive, '.']);
    await podman.succeed('import', '--change', 'ENV=PATH=/usr/bin:/bin', archive, 'localhost/host:latest');
  });
  afterAll(async () => {
    if (!isThere) return;
    await podman.succeed('pod', 'rm', '--all', '--force', '--time', '0');
    await podman.succeed('rm', '--all', '--force', '--time', '0');
    await podman.succeed('rmi', '--all', '--force');
    await removePodmanParent(cgroupParent);
  });
  return {
    name,
    needs,
    version: () => execFileSync('podman', ['--version'], { encoding: 'utf8' }).trim().replace(' version', ''),
    engine: ({ path }: Runtime) => new Podman(path),
  };
}
