/** A containerd of the test file's own, configured as docs/oci.md has it, and `ctr`, which talks to it. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { installed } from '../../../support/installed.ts';
import { removePodmanParent } from '../../../support/podman-cgroups.ts';
import { hostRoot } from '../../../support/rootfs.ts';
import { type Finished, startCommand, tctl } from '../command.ts';
import { newName, newRoomyDirectory } from '../suite.ts';
import { Daemon } from './daemon.ts';
import { documented } from './documented.ts';
import { ours, type Runtime } from './runtimes.ts';
import type { Client } from './yardstick.ts';

const place = newRoomyDirectory();
export const socket = join(place, 'socket');
/** containerd's own, and so the cgroup that it puts containers into. */
export const namespace = `e${process.pid}-containerd`;
export const image = 'localhost/host:latest';
/** Where the runtimes keep the states of their containers, in place of /run/containerd/runc. */
const states = join(place, 'states');
const cgroupOfPods = `/e${process.pid}-pods`;
export const criOptions = { socket, image, cgroupParent: cgroupOfPods };

/** The CRI plugin is Kubernetes' side of containerd: a RuntimeClass names one of its runtimes. */
const configuration = `version = 2
root = "${place}/root"
state = "${place}/state"
[grpc]
  address = "${socket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${place}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${image}"
  disable_tcp_service = true
  stream_server_port = "0"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    conf_dir = "${place}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "native"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        Root = "${states}"
${documented('toml', 'BinaryName').replace('BinaryName', `Root = "${states}"\n    BinaryName`)}`;

export class Containerd {
  readonly #runtime: string;

  /** @param runtime the path of its program */
  constructor(runtime: string) {
    this.#runtime = runtime;
  }

  command(...args: string[]): string[] {
    return ['ctr', '--address', socket, '--namespace', namespace, ...args];
  }

  call(...args: string[]): Promise<Finished> {
    return startCommand(this.command(...args)).ended;
  }

  async succeed(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.call(...args);
    if (code !== 0) throw new Error(`ctr ${args.join(' ')} ended with ${code}: ${stderr}`);
    return stdout.trimEnd();
  }

  runWords(...options: string[]): string[] {
    const runtime = ['--runc-binary', this.#runtime, '--runc-root', states];
    return ['run', '--snapshotter', 'native', ...runtime, ...options];
  }

  /** A container that is gone afterwards. @param options of `ctr run` */
  run(options: readonly string[], ...command: string[]): Promise<Finished> {
    return this.call(...this.runWords('--rm', ...options, image, newName(), ...command));
  }

  /** As `run`; it has to succeed. @returns what it has written */
  output(options: readonly string[], ...command: string[]): Promise<string> {
    return this.succeed(...this.runWords('--rm', ...options, image, newName(), ...command));
  }

  /** A container in the background, to be disposed of. */
  async background(
    options: readonly string[],
    ...command: string[]
  ): Promise<{ name: string } & AsyncDisposable> {
    const name = newName();
    await this.succeed(...this.runWords('--detach', ...options, image, name, ...command));
    return {
      name,
      [Symbol.asyncDispose]: async () => {
        await this.call('task', 'rm', '--force', name); // it may be gone
        await this.succeed('container', 'rm', name);
      },
    };
  }
}

const needs = ['containerd', 'ctr', 'setpriv'].map(installed);

/** Starts the daemon for this file's tests; its image is of this machine's programs. */
export function useContainerd(name: string): Client<Containerd> {
  const containerd = new Containerd(ours.path);
  let daemon: Daemon | undefined;
  beforeAll(async () => {
    if (needs.some((need) => need() !== undefined)) return;
    mkdirSync(place, { recursive: true });
    const file = join(place, 'config.toml');
    writeFileSync(file, configuration);
    daemon = await Daemon.start({
      directory: place,
      command: ['containerd', '--config', file],
      answers: async () => (await containerd.call('version')).code === 0,
    });
    const archive = join(place, 'image.tar');
    // A pod's own container runs what the image has as its command.
    const changes = ['ENV PATH=/usr/bin:/bin', 'CMD ["sleep", "100000"]'].flatMap((each) => [
      '--change',
      each,
    ]);
    const made = await tctl('import', ...changes, hostRoot, image);
    const saved = await tctl('save', '-o', archive, image);
    if (made.code !== 0 || saved.code !== 0) throw new Error(made.stderr + saved.stderr);
    for (const name of [namespace, 'k8s.io'])
      await containerd.succeed('--namespace', name, 'images', 'import', '--snapshotter', 'native', archive);
  });
  afterAll(async () => {
    await daemon?.[Symbol.asyncDispose]();
    if (daemon === undefined) return;
    for (const parent of [`/${namespace}`, cgroupOfPods]) await removePodmanParent(parent);
  });
  return {
    name,
    needs,
    version: () => {
      const [, , version = ''] = execFileSync('containerd', ['--version'], { encoding: 'utf8' }).split(' ');
      return `containerd ${version}`;
    },
    engine: ({ path }: Runtime) => new Containerd(path),
  };
}
