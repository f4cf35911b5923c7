/** A dockerd of the test file's own, with both runtimes registered, and the command that talks to it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseMountinfo } from '@tc/linux';
import { afterAll, beforeAll } from 'vitest';
import { installed } from '../../../support/installed.ts';
import { removePodmanParent } from '../../../support/podman-cgroups.ts';
import { hostRoot } from '../../../support/rootfs.ts';
import { environment, type Finished, startCommand } from '../command.ts';
import { newName, newRoomyDirectory } from '../suite.ts';
import { Daemon } from './daemon.ts';
import { documented } from './documented.ts';
import { ours, pathOf, type Runtime } from './runtimes.ts';
import type { Client } from './yardstick.ts';

const place = newRoomyDirectory();
const socket = join(place, 'socket');
const cgroupParent = `/e${process.pid}-docker`;

/** What docs/oci.md has, and what keeps the daemon's hands off this machine's network and files. */
const configuration = {
  ...JSON.parse(documented('json', '"runtimes"')),
  'data-root': join(place, 'data'),
  'exec-root': join(place, 'run'),
  pidfile: join(place, 'pid'),
  hosts: [`unix://${socket}`],
  'storage-driver': 'vfs',
  'cgroup-parent': cgroupParent,
  'init-path': pathOf('catatonit'),
  bridge: 'none',
  iptables: false,
  ip6tables: false,
  'ip-forward': false,
};

// There may be other programs of that name, for other daemons.
const program = '/usr/bin/docker';
const env = environment({ DOCKER_HOST: `unix://${socket}`, DOCKER_CONFIG: join(place, 'client') });

export class Docker {
  readonly #runtime: string;

  constructor(runtime: string) {
    this.#runtime = runtime;
  }

  call(...args: string[]): Promise<Finished> {
    return startCommand([program, ...args], { env }).ended;
  }

  async succeed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(...args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** The words up to the options of the caller: a container without a network. */
  runWords(...options: string[]): string[] {
    return ['run', '--runtime', this.#runtime, '--network', 'none', ...options];
  }

  /** A container that is gone afterwards. */
  run(...args: string[]): Promise<Finished> {
    return this.call(...this.runWords('--rm', ...args));
  }

  /** As `run`; it has to succeed. @returns what it has written */
  output(...args: string[]): Promise<string> {
    return this.succeed(...this.runWords('--rm', ...args));
  }

  /** A container in the background, to be disposed of. */
  async background(...args: string[]): Promise<{ name: string } & AsyncDisposable> {
    const name = newName();
    await this.succeed(...this.runWords('-d', '--name', name, ...args));
    return {
      name,
      [Symbol.asyncDispose]: async () => {
        await this.succeed('rm', '--force', name);
      },
    };
  }
}

const needs = ['dockerd', 'containerd', 'setpriv'].map(installed);

/** Starts the daemon for this file's tests; it has an image `host`, of this machine's programs. */
export function useDocker(name: string): Client<Docker> {
  const docker = new Docker(ours.name);
  let daemon: Daemon | undefined;
  beforeAll(async () => {
    if (needs.some((need) => need() !== undefined)) return;
    mkdirSync(join(place, 'tmp'), { recursive: true });
    const file = join(place, 'daemon.json');
    writeFileSync(file, JSON.stringify(configuration));
    daemon = await Daemon.start({
      directory: place,
      command: ['dockerd', '--config-file', file],
      env: { DOCKER_TMPDIR: join(place, 'tmp') },
      answers: async () => (await docker.call('version')).code === 0,
    });
    const archive = join(place, 'image.tar');
    execFileSync('tar', ['-C', hostRoot, '-cf', archive, '.']);
    await docker.succeed('import', '--change', 'ENV PATH=/usr/bin:/bin', archive, 'host');
    // The daemon binds its own network namespace when the first container wants it, and leaves it so.
    await docker.succeed('run', '--rm', '--network', 'host', 'host', 'true');
  });
  afterAll(async () => {
    if (daemon === undefined) return;
    await daemon[Symbol.asyncDispose]();
    const mounted = parseMountinfo(readFileSync('/proc/self/mountinfo', 'utf8'));
    for (const { mountPoint } of mounted.filter((mount) => mount.mountPoint.startsWith(`${place}/`)))
      execFileSync('umount', [mountPoint]);
    await removePodmanParent(cgroupParent);
  });
  return {
    name,
    needs,
    version: () =>
      /^(Docker version [^,]*)/i.exec(execFileSync('dockerd', ['--version'], { encoding: 'utf8' }))?.[1] ??
      '',
    engine: (runtime: Runtime) => new Docker(runtime.name),
  };
}
