/** Options that several commands have. */
import type { CreateOptions } from '@tc/core/oci';
import type { Arguments, Options } from '../arguments.ts';
import { warn } from '../report.ts';
import type { WholeOptions } from './command.ts';

export const making: Options = {
  bundle: { kind: 'value', short: 'b', about: 'the bundle’s directory; by default the current one' },
  'console-socket': { kind: 'value', about: 'a socket that the terminal’s master is passed to' },
  'pid-file': { kind: 'value', about: 'where to write the pid to' },
  'preserve-fds': { kind: 'value', about: 'pass so many descriptors, from 3 on' },
  'no-pivot': { kind: 'flag', about: 'chroot in place of pivot_root, where / is a ramdisk' },
  'no-new-keyring': { kind: 'flag', about: 'leave it the session keyring of the caller' },
};

export function createOptions(args: Arguments, whole: WholeOptions): CreateOptions {
  return {
    ...whole,
    bundle: args.value('bundle') ?? '.',
    pidFile: args.value('pid-file'),
    consoleSocket: args.value('console-socket') || undefined,
    onWarning: warn,
    preserveFds: args.number('preserve-fds') ?? 0,
    noPivot: args.has('no-pivot'),
    noNewKeyring: args.has('no-new-keyring'),
  };
}

export const detach = { kind: 'flag', short: 'd', about: 'don’t wait for its end' } as const;
