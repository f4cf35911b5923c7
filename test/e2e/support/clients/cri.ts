/**
 * The Container Runtime Interface, by which a kubelet has containerd run pods. The numbers are those of the fields of
 * api.proto of k8s.io/cri-api, runtime.v1.
 */
import { callGrpc, decode, type Message } from './grpc.ts';

/** The network of the host, NamespaceMode.NODE: any other needs a CNI plugin. A PID namespace for each container. */
const namespaces: Message = { 1: 2, 2: 1 };

export interface CriContainer {
  readonly name: string;
  readonly command: readonly string[];
  readonly memoryLimitBytes?: number;
  readonly user?: number;
  readonly readOnly?: boolean;
}

export interface CriOptions {
  readonly socket: string;
  readonly image: string;
  readonly cgroupParent: string;
  /** The `handler` of a RuntimeClass: one of the runtimes of containerd's configuration. */
  readonly handler: string;
}

export class Cri {
  readonly #options: CriOptions;

  constructor(options: CriOptions) {
    this.#options = options;
  }

  call(method: string, message: Message): Promise<Map<number, number | Buffer>> {
    return callGrpc(this.#options.socket, `/runtime.v1.RuntimeService/${method}`, message);
  }

  /** A pod in the network of the host, to be disposed of. */
  async runPod(name: string, logDirectory: string): Promise<Pod> {
    const { cgroupParent, handler } = this.#options;
    const security = { 1: namespaces };
    const config: Message = {
      1: { 1: name, 2: `uid-of-${name}`, 3: 'default' },
      3: logDirectory,
      8: { 1: cgroupParent, 2: security },
    };
    const id = String((await this.call('RunPodSandbox', { 1: config, 2: handler })).get(1));
    return new Pod(this, this.#options.image, { id, config });
  }
}

export class Pod implements AsyncDisposable {
  readonly #cri: Cri;
  readonly #image: string;
  readonly #sandbox: { readonly id: string; readonly config: Message };

  constructor(cri: Cri, image: string, sandbox: { readonly id: string; readonly config: Message }) {
    this.#cri = cri;
    this.#image = image;
    this.#sandbox = sandbox;
  }

  /** @returns its id */
  async start({ name, command, memoryLimitBytes, user, readOnly }: CriContainer): Promise<string> {
    const security: Message = {
      3: namespaces,
      5: user === undefined ? undefined : { 1: user },
      7: readOnly,
    };
    const config: Message = {
      1: { 1: name },
      2: { 1: this.#image },
      3: command,
      11: `${name}.log`,
      15: { 1: { 4: memoryLimitBytes }, 2: security },
    };
    const { id, config: ofPod } = this.#sandbox;
    const container = String(
      (await this.#cri.call('CreateContainer', { 1: id, 2: config, 3: ofPod })).get(1),
    );
    await this.#cri.call('StartContainer', { 1: container });
    return container;
  }

  /** As `kubectl exec` has it done for probes. */
  async exec(container: string, ...command: string[]): Promise<{ code: number; stdout: string }> {
    const answer = await this.#cri.call('ExecSync', { 1: container, 2: command, 3: 60 });
    return { code: Number(answer.get(3) ?? 0), stdout: String(answer.get(1) ?? '') };
  }

  async status(container: string): Promise<{ state: 'created' | 'running' | 'exited'; exitCode: number }> {
    const status = decode((await this.#cri.call('ContainerStatus', { 1: container })).get(1) as Buffer);
    const states = ['created', 'running', 'exited'] as const;
    const state = states[Number(status.get(3) ?? 0)] ?? 'created';
    return { state, exitCode: Number(status.get(7) ?? 0) };
  }

  async setMemoryLimit(container: string, bytes: number): Promise<void> {
    await this.#cri.call('UpdateContainerResources', { 1: container, 2: { 4: bytes } });
  }

  async stop(container: string, timeoutSeconds: number): Promise<void> {
    await this.#cri.call('StopContainer', { 1: container, 2: timeoutSeconds });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#cri.call('StopPodSandbox', { 1: this.#sandbox.id });
    await this.#cri.call('RemovePodSandbox', { 1: this.#sandbox.id });
  }
}
