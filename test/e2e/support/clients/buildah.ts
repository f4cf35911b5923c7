/** buildah with storage of the test file's own, and a base image of this machine's programs. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installed } from '../../../support/installed.ts';
import { hostRoot } from '../../../support/rootfs.ts';
import { environment, type Finished, startCommand } from '../command.ts';
import { newDirectory, newRoomyDirectory } from '../suite.ts';
import type { Runtime } from './runtimes.ts';
import type { Client } from './yardstick.ts';

const place = newRoomyDirectory();
const env = environment({ TMPDIR: place });
// Without CAP_SYS_RESOURCE buildah's own limit of processes is too high.
const limits = ['--ulimit', 'nofile=1024:1024', '--ulimit', 'nproc=4096:4096'];

export class Buildah {
  readonly #runtime: string;

  /** @param runtime a path */
  constructor(runtime: string) {
    this.#runtime = runtime;
  }

  call(...args: string[]): Promise<Finished> {
    const storage = [
      '--root',
      join(place, 'root'),
      '--runroot',
      join(place, 'run'),
      '--storage-driver',
      'vfs',
    ];
    return startCommand(['buildah', ...storage, ...args], { env }).ended;
  }

  async succeed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(...args);
    if (code !== 0) throw new Error(`buildah ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trimEnd();
  }

  /** `buildah bud`: each RUN is a container of the runtime. */
  build(containerfile: string, tag: string, ...options: string[]): Promise<Finished> {
    const context = newDirectory();
    writeFileSync(join(context, 'Containerfile'), containerfile);
    const how = [
      '--isolation',
      'oci',
      '--runtime',
      this.#runtime,
      '--network',
      'none',
      '--no-cache',
      ...limits,
    ];
    return this.call('bud', ...how, ...options, '--tag', tag, context);
  }

  /** `buildah run` in a working container of an image. */
  async run(image: string, options: readonly string[], ...command: string[]): Promise<Finished> {
    const container = await this.succeed('from', '--pull-never', ...limits, '--network', 'none', image);
    const how = ['--isolation', 'oci', '--runtime', this.#runtime];
    const finished = await this.call('run', ...how, ...options, container, '--', ...command);
    await this.succeed('rm', container);
    return finished;
  }
}

const needs = [installed('buildah')];

export function useBuildah(name: string): Client<Buildah> {
  const buildah = new Buildah('');
  const isThere = needs.every((need) => need() === undefined);
  beforeAll(async () => {
    if (!isThere) return;
    mkdirSync(place, { recursive: true });
    const context = newDirectory();
    execFileSync('tar', ['-C', hostRoot, '-cf', join(context, 'root.tar'), '.']);
    writeFileSync(join(context, 'Containerfile'), 'FROM scratch\nADD root.tar /\nENV PATH=/usr/bin:/bin\n');
    await buildah.succeed('bud', '--isolation', 'oci', '--tag', 'localhost/host', context);
  });
  afterAll(async () => {
    if (isThere) await buildah.succeed('rmi', '--all', '--force');
  });
  return {
    name,
    needs,
    version: () => {
      const [, , version = ''] = execFileSync('buildah', ['--version'], { encoding: 'utf8' }).split(' ');
      return `buildah ${version}`;
    },
    engine: ({ path }: Runtime) => new Buildah(path),
  };
}
