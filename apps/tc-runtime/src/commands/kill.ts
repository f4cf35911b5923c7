import { killOci, signalNumber } from '@tc/core/oci';
import type { Command } from './command.ts';

export const kill: Command = {
  about: 'Send a signal to a container’s first process',
  usage: 'kill [OPTIONS] ID [SIGNAL]',
  options: { all: { kind: 'flag', short: 'a', about: 'to all of its processes' } },
  run(args, store) {
    // runc takes --all after the signal, too, and engines write it there.
    const words = args.positional.slice(1).filter((word) => word !== '--all' && word !== '-a');
    const all = args.has('all') || words.length < args.positional.length - 1;
    killOci(store, args.id(), signalNumber(words[0] ?? 'SIGTERM'), all);
    return 0;
  },
};
