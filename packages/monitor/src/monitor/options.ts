import type { Cgroup, CgroupKind } from '../cgroups/cgroup.ts';
import type { CgroupSample, Frame } from '../frames/frame.ts';
import type { ProcessesOf, ProcessInfo } from '../processes/process-info.ts';

export interface MonitorOptions {
  /** Between two frames: milliseconds, or a text such as `500ms`, `2s`. Default `1s`, at least 50 ms. */
  readonly interval?: number | string | undefined;
  /** Which cgroups to sample: of these kinds, or those that it says true to. Default all. */
  readonly include?: readonly CgroupKind[] | ((cgroup: Cgroup) => boolean) | undefined;
  /** The name that people know a cgroup by, asked once for each: for containers whose runtime only the caller knows. */
  readonly names?: ((cgroup: Cgroup) => string | undefined) | undefined;
  /** What somebody looks at from the start: see `Monitor.watch()`. */
  readonly look?: Iterable<string> | undefined;
  /** Expensive files of what nobody looks at are read once in so many intervals. Default 5. */
  readonly slowEvery?: number | undefined;
  /** Aborted: every loop over frames ends, and all is closed. */
  readonly signal?: AbortSignal | undefined;
  /** The file of the worker threads, for those who bundle this package. Default: the one beside this module. */
  readonly workerFile?: string | undefined;
}

/**
 * Samples cgroups while somebody iterates. Any number of loops may run at once; each gets the newest frame, and one
 * that is slow misses some. When the last one ends, the threads end, too; another loop begins anew.
 */
export interface Monitor extends AsyncIterable<Frame>, AsyncDisposable {
  readonly intervalMs: number;
  [Symbol.asyncIterator](): AsyncIterator<Frame, undefined>;
  /** The newest sample of a cgroup; read now where no loop runs. Undefined where there is no such cgroup. */
  sample(path: string): Promise<CgroupSample | undefined>;
  /** The processes of a cgroup, or of a container without one; with shares of CPU time since the call before. */
  processes(of: ProcessesOf): Promise<readonly ProcessInfo[]>;
  /**
   * Says what somebody looks at now, instead of what was said before: the expensive files of these cgroups are read
   * every interval, and at once.
   */
  watch(paths: Iterable<string>): void;
  /** Ends every loop, and the threads. */
  close(): Promise<void>;
}
