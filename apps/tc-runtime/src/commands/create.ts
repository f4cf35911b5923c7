import { createOci } from '@tc/core/oci';
import type { Command } from './command.ts';
import { createOptions, making } from './making.ts';

export const create: Command = {
  about: 'Make a container; its command waits for start',
  usage: 'create [OPTIONS] ID',
  options: making,
  async run(args, store, whole) {
    await createOci(store, args.id(), createOptions(args, whole));
    return 0;
  },
};
