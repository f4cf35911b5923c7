const mib = 2 ** 20;

export type Temper = 'steady' | 'waves' | 'bursts' | 'garbage' | 'leak' | 'forks' | 'idle' | 'batch';

/** A made-up container: what it is called, and what kind of life it leads. */
export interface Role {
  readonly name: string;
  readonly image: string;
  readonly command: readonly string[];
  readonly group: string | undefined;
  readonly temper: Temper;
  readonly memoryLimitBytes: number | undefined;
  readonly pidsLimit: number | undefined;
  readonly cpuLimitCores: number | undefined;
  /** In the middle of its life: cores, bytes, processes. */
  readonly cpu: number;
  readonly memoryBytes: number;
  readonly pids: number;
  /** Bytes a second. */
  readonly network: number;
  readonly io: number;
  readonly state?: 'paused' | 'exited' | 'created';
}

/** With memory in MiB and rates in KiB a second; what stands beside memory, processes and CPU is the limit. */
export const role = (
  name: string,
  image: string,
  command: string,
  group: string | undefined,
  temper: Temper,
  [memory, memoryLimit]: readonly [number, number | undefined],
  [pids, pidsLimit]: readonly [number, number | undefined],
  [cpu, cpuLimitCores]: readonly [number, number | undefined],
  [network, io]: readonly [number, number] = [0, 0],
  state?: Role['state'],
): Role => ({
  name,
  image,
  command: command.split(' '),
  group,
  temper,
  memoryLimitBytes: memoryLimit === undefined ? undefined : memoryLimit * mib,
  pidsLimit,
  cpuLimitCores,
  cpu,
  memoryBytes: memory * mib,
  pids,
  network: network * 1024,
  io: io * 1024,
  ...(state === undefined ? {} : { state }),
});
