import { startOci } from '@tc/core/oci';
import type { Command } from './command.ts';

export const start: Command = {
  about: 'Start the command of a container that was made',
  usage: 'start ID',
  options: {},
  async run(args, store) {
    await startOci(store, args.id());
    return 0;
  },
};
