/** `podman run --rm` with one runtime or another, on storage of the benchmark's own. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { removePodmanParent } from '../../support/podman-cgroups.ts';
import type { Case } from '../interleave.ts';
import { inPrivateNamespace, type PrivateNamespace } from '../private-namespace.ts';
import type { Workplace } from '../workplace.ts';
import { programOf, type RuntimeName } from './runtimes.ts';

const settings = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
`;

export class PodmanBench implements AsyncDisposable {
  readonly #place: Workplace;
  readonly #directory: string;
  readonly #cgroupParents: string[] = [];

  constructor(place: Workplace) {
    this.#place = place;
    this.#directory = join(place.directory, 'podman');
    mkdirSync(this.#directory);
    writeFileSync(this.#path('containers.conf'), settings);
    const archive = this.#path('image.tar');
    execFileSync('tar', ['-C', place.rootfs, '-cf', archive, '.']);
    this.#call('import', archive, 'localhost/host');
  }

  #path(name: string): string {
    return join(this.#directory, name);
  }

  #command(runtime: RuntimeName, ...args: string[]): string[] {
    const places = Object.entries({ root: 'root', runroot: 'run', tmpdir: 'tmp' });
    const storage = places.flatMap(([option, name]) => [`--${option}`, this.#path(name)]);
    const variable = `CONTAINERS_CONF=${this.#path('containers.conf')}`;
    const choices = ['--storage-driver', 'vfs', '--runtime', programOf(runtime)];
    return ['env', variable, 'podman', ...storage, ...choices, ...args];
  }

  #call(...args: string[]): void {
    const [file = '', ...words] = inPrivateNamespace(this.#command('runc', ...args));
    execFileSync(file, words, { stdio: 'ignore' });
  }

  /** All of them in the same private mount namespace, since crun needs it. */
  runCase(runtime: RuntimeName, inside: PrivateNamespace): Case {
    const limits = ['--memory', '64m', '--pids-limit', '20'];
    const parent = `/${this.#place.id()}`;
    this.#cgroupParents.push(parent);
    const options = ['--rm', '--network', 'none', '--cgroup-parent', parent, ...limits];
    const command = this.#command(runtime, 'run', ...options, 'localhost/host', '/bin/true');
    return {
      name: `podman run --rm, ${runtime}`,
      measure: (atOnce) => inside.timeCommands(Array.from({ length: atOnce }, () => command)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#call('rm', '--all', '--force', '--time', '0');
    this.#call('rmi', '--all', '--force');
    for (const parent of this.#cgroupParents) await removePodmanParent(parent);
  }
}
