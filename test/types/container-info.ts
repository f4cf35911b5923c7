import type {
  ContainerExit,
  ContainerInfo,
  ContainerOptions,
  ContainerState,
  ContainerStats,
  Limits,
  Reason,
} from '@tc/core';
import type { Equal, Expect } from './equal.ts';

export type States = Expect<Equal<ContainerState, 'created' | 'running' | 'paused' | 'exited'>>;
export type Info = Expect<
  Equal<
    ContainerInfo,
    {
      readonly id: string;
      readonly name: string;
      readonly state: ContainerState;
      readonly command: readonly string[];
      readonly image: string | undefined;
      readonly labels: Readonly<Record<string, string>>;
      readonly createdAt: Date;
      readonly startedAt: Date | undefined;
      readonly pid: number | undefined;
      readonly exit: ContainerExit | undefined;
      readonly detached: boolean;
      readonly tty: boolean;
      readonly ephemeral: boolean;
      readonly limits: Limits;
      readonly rootfs: string;
      readonly hostname: string | undefined;
      readonly cgroups: readonly string[];
      readonly options: ContainerOptions | undefined;
    }
  >
>;
export type Exit = Expect<
  Equal<
    ContainerExit,
    {
      readonly exitCode: number | undefined;
      readonly signal: NodeJS.Signals | undefined;
      readonly reason: Reason | 'lost';
      readonly startedAt: Date | undefined;
      readonly finishedAt: Date | undefined;
      readonly oomKilled: boolean;
      readonly timedOut: boolean;
      readonly maxMemoryBytes: number | undefined;
      readonly cpuUsec: number | undefined;
      readonly wallMs: number | undefined;
      readonly pidsLimitHits: number | undefined;
    }
  >
>;
export type Stats = Expect<
  Equal<
    Pick<ContainerStats, keyof ContainerStats>,
    {
      readonly maxMemoryBytes: number | undefined;
      readonly cpuUsec: number | undefined;
      readonly cpuUserUsec: number | undefined;
      readonly cpuSystemUsec: number | undefined;
      readonly oomKills: number | undefined;
      readonly pidsLimitHits: number | undefined;
      readonly memoryBytes: number | undefined;
      readonly memoryLimitBytes: number | 'max' | undefined;
      readonly pids: number | undefined;
      readonly pidsLimit: number | 'max' | undefined;
    }
  >
>;
