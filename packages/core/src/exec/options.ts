import type { CapabilityName } from '@tc/linux';
import type { RunOptions } from '../run/options.ts';

/** What a command in a running container may be given; all else is the container's. */
export interface ExecOptions
  extends Pick<
    RunOptions,
    | 'cwd'
    | 'user'
    | 'groups'
    | 'umask'
    | 'tty'
    | 'timeout'
    | 'signal'
    | 'stdin'
    | 'input'
    | 'stdout'
    | 'stderr'
    | 'encoding'
    | 'maxOutput'
    | 'reject'
  > {
  /** Added to the container's own; undefined takes one away. */
  env?: Readonly<Record<string, string | undefined>>;
  /** At most those of the container, which are the default. */
  capabilities?: readonly CapabilityName[];
}
