import { updateOci } from '@tc/core/oci';
import { resourcesOf, updateOptions } from '../update-flags.ts';
import type { Command } from './command.ts';

export const update: Command = {
  about: 'Change the limits of a container',
  usage: 'update [OPTIONS] ID',
  options: updateOptions,
  async run(args, store) {
    await updateOci(store, args.id(), resourcesOf(args));
    return 0;
  },
};
