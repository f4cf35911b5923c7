import { deleteOci } from '@tc/core/oci';
import { warn } from '../report.ts';
import type { Command } from './command.ts';

export const remove: Command = {
  about: 'Remove a container that has ended',
  usage: 'delete [OPTIONS] ID',
  options: { force: { kind: 'flag', short: 'f', about: 'kill it first; it need not be there either' } },
  async run(args, store) {
    await deleteOci(store, args.id(), args.has('force'), warn);
    return 0;
  },
};
