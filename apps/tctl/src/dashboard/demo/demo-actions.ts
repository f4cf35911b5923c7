import { type ErrorCode, type LimitUpdate, parseSize, TcError } from '@tc/core';
import type { Actions, SpawnRequest } from '../actions/actions.ts';
import { runWords } from '../actions/run-words.ts';
import { DemoContainer } from './demo-container.ts';
import { Life } from './life.ts';
import { randomFrom } from './random.ts';
import type { Role } from './role.ts';
import type { World } from './world.ts';

/** What the dashboard does to made-up containers: the same, and the same refusals, without a machine. */
export class DemoActions implements Actions {
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  async kill(id: string, signal: NodeJS.Signals): Promise<void> {
    const container = this.#up(id, 'kill');
    if (!['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'].includes(signal)) return;
    this.#end(container, signal);
  }

  async stop(id: string): Promise<void> {
    this.#end(this.#up(id, 'stop'), 'exit 0');
  }

  async start(id: string): Promise<void> {
    const container = this.#find(id);
    if (container.isUp) throw refusal('start', `${container.name} is running`, 'CONTAINER_RUNNING');
    container.life = new Life(container.role, this.#world.random);
    container.state = 'running';
    container.startedAt = this.#world.now;
    container.ending = undefined;
    this.#world.mark(container, 'start', 'started');
  }

  async restart(id: string): Promise<void> {
    const container = this.#find(id);
    if (container.isUp) container.state = 'exited';
    await this.start(id);
    this.#world.mark(container, 'restart', 'restarted');
  }

  async pause(id: string): Promise<void> {
    this.#up(id, 'pause').state = 'paused';
  }

  async resume(id: string): Promise<void> {
    this.#up(id, 'resume').state = 'running';
  }

  async remove(id: string, { force }: { readonly force: boolean }): Promise<void> {
    const container = this.#find(id);
    if (container.isUp && !force)
      throw refusal('remove', `${container.name} is running`, 'CONTAINER_RUNNING', 'Stop it first.');
    this.#world.containers.splice(this.#world.containers.indexOf(container), 1);
  }

  async rename(id: string, name: string): Promise<void> {
    const container = this.#find(id);
    if (this.#world.containers.some((other) => other !== container && other.name === name))
      throw refusal('rename', `the name ${name} is taken`, 'CONTAINER_EXISTS');
    container.name = name;
  }

  async update(id: string, limits: LimitUpdate): Promise<void> {
    const container = this.#find(id);
    const { memory, pids, cpus } = limits;
    if (memory !== undefined)
      container.memoryLimitBytes = memory === 'max' || memory === null ? undefined : parseSize(memory);
    if (pids !== undefined) container.pidsLimit = pids === 'max' ? undefined : (pids ?? undefined);
    if (cpus !== undefined) container.cpuLimitCores = cpus === 'max' ? undefined : (cpus ?? undefined);
    this.#world.mark(container, 'limits', 'limits changed');
  }

  async spawn(request: SpawnRequest): Promise<string> {
    const { containers, now, random } = this.#world;
    if (containers.some(({ name }) => name === request.name))
      throw refusal('create', `the name ${request.name} is taken`, 'CONTAINER_EXISTS');
    const container = new DemoContainer(roleOf(request), randomFrom(Math.floor(random() * 2 ** 32)), now);
    if (request.name === '') container.name = container.id;
    container.startedAt = now;
    containers.push(container);
    this.#world.mark(container, 'start', 'started');
    return container.id;
  }

  /** Nothing is kept. */
  lastSpawn(): SpawnRequest | undefined {
    return undefined;
  }

  async shell(id: string): Promise<number> {
    const { name } = this.#up(id, 'exec');
    throw refusal(
      'exec',
      `${name} is made up, and has no shell`,
      'DEMO',
      'tctl without --demo has real ones.',
    );
  }

  async attach(id: string): Promise<number> {
    const { name } = this.#up(id, 'attach');
    throw refusal(
      'attach',
      `${name} is made up, and has no terminal`,
      'DEMO',
      'tctl without --demo has real ones.',
    );
  }

  async runWords(id: string): Promise<readonly string[]> {
    const { name, role, memoryLimitBytes, pidsLimit, cpuLimitCores } = this.#find(id);
    const text = (value: number | undefined) => value?.toString() ?? '';
    return runWords({
      image: role.image,
      rootfs: '',
      command: role.command,
      name,
      memory: text(memoryLimitBytes),
      pids: text(pidsLimit),
      cpus: text(cpuLimitCores),
      mounts: [],
      env: [],
      network: 'none',
      tty: false,
    });
  }

  async images(): Promise<readonly string[]> {
    return [...new Set(this.#world.containers.map(({ role }) => role.image))].sort();
  }

  #end(container: DemoContainer, ending: string): void {
    container.state = 'exited';
    container.ending = ending;
    this.#world.mark(container, 'end', ending);
  }

  #find(id: string): DemoContainer {
    const found = this.#world.containers.find((container) => container.id === id);
    if (found === undefined) throw refusal('find', 'there is no such container', 'CONTAINER_NOT_FOUND');
    return found;
  }

  #up(id: string, operation: string): DemoContainer {
    const container = this.#find(id);
    if (container.isUp) return container;
    throw refusal(operation, `${container.name} is not running`, 'CONTAINER_NOT_RUNNING', 'Start it first.');
  }
}

function refusal(operation: string, problem: string, code: ErrorCode, hint?: string): TcError {
  return new TcError(problem, { operation, code, ...(hint === undefined ? {} : { hint }) });
}

function roleOf({ name, image, rootfs, command, memory, pids, cpus }: SpawnRequest): Role {
  return {
    name,
    image: image || rootfs,
    command,
    group: undefined,
    temper: 'bursts',
    memoryLimitBytes: memory === '' ? undefined : parseSize(memory),
    pidsLimit: pids === '' ? undefined : Number(pids),
    cpuLimitCores: cpus === '' ? undefined : Number(cpus),
    cpu: 0.5,
    memoryBytes: memory === '' ? 2 ** 26 : parseSize(memory) * 0.6,
    pids: 4,
    network: 0,
    io: 0,
  };
}
