import type { Limits } from '../cgroups/limits.ts';
import type { RunOptions } from '../run/options.ts';
import type { Reason } from '../run/result.ts';

/** What `Container.create` takes: `run()`'s options but for the streams, and what a longer life needs. */
export interface ContainerOptions
  extends Omit<
    RunOptions,
    'stdin' | 'input' | 'stdout' | 'stderr' | 'encoding' | 'reject' | 'signal' | 'maxOutput'
  > {
  command: readonly string[];
  /** For whoever lists containers: what the root file system was made from. */
  image?: string;
  labels?: Readonly<Record<string, string>>;
  /** `true`: it outlives the process that starts it. Default: it dies with that. */
  detached?: boolean;
  /** `open`: stdin can be written to with `attach()`. Default `ignore`: it is at its end. A terminal is always open. */
  stdin?: 'open' | 'ignore';
  /** Start it again when it has ended, as long as the process that started it lives. Default `no`. */
  restart?: 'no' | 'always' | 'on-failure' | `on-failure:${number}`;
  /** What is kept of its output: at most so many bytes (default `16m`), the newest. `false`: nothing. */
  logs?: false | { maxBytes?: number | string };
  /** It is killed when it has written more than this. Default: no limit; the log is bounded anyway. */
  maxOutput?: number | string;
  /** What `stop()` sends first. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** How long `stop()` waits after that before it kills. Default `10s`. */
  stopTimeout?: number | string;
  /** Remove it when it has ended. */
  autoRemove?: boolean;
}

export type ContainerState = 'created' | 'running' | 'paused' | 'exited';

/** How a run of a container ended. */
export interface ContainerExit {
  readonly exitCode: number | undefined;
  readonly signal: NodeJS.Signals | undefined;
  /** `lost`: its supervisor was killed, or the machine restarted; nothing else is known. */
  readonly reason: Reason | 'lost';
  readonly startedAt: Date | undefined;
  readonly finishedAt: Date | undefined;
  readonly oomKilled: boolean;
  readonly timedOut: boolean;
  /** Without cgroups this and `cpuUsec` come from getrusage(2). */
  readonly maxMemoryBytes: number | undefined;
  readonly cpuUsec: number | undefined;
  readonly wallMs: number | undefined;
  readonly pidsLimitHits: number | undefined;
}

/** What `inspect()` and `Container.list()` tell. */
export interface ContainerInfo {
  readonly id: string;
  readonly name: string;
  readonly state: ContainerState;
  readonly command: readonly string[];
  readonly image: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  readonly startedAt: Date | undefined;
  /** On the host, while it runs. */
  readonly pid: number | undefined;
  /** How its last run ended. */
  readonly exit: ContainerExit | undefined;
  readonly detached: boolean;
  readonly tty: boolean;
  /** Made by `run()`: it leaves nothing when it ends. */
  readonly ephemeral: boolean;
  /** As they were asked for. */
  readonly limits: Limits;
  readonly rootfs: string;
  readonly hostname: string | undefined;
  /** Its cgroups while it runs. */
  readonly cgroups: readonly string[];
  /** All that was asked for, with absolute paths, and limits as `update()` has changed them. Undefined for `run()`. */
  readonly options: ContainerOptions | undefined;
}
