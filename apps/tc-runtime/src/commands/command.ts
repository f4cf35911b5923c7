import type { OciStore } from '@tc/core/oci';
import type { Arguments, Options } from '../arguments.ts';

/** One command: its options, which are runc's, and what it does. */
export interface Command {
  readonly about: string;
  readonly usage: string;
  readonly options: Options;
  /** @returns the exit code */
  run(args: Arguments, store: OciStore, whole: WholeOptions): number | Promise<number>;
}

/** What stands before the command, for those that make a container. */
export interface WholeOptions {
  readonly systemdCgroup: boolean;
}
