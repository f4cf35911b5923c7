import { createOci, deleteOci, startOci } from '@tc/core/oci';
import { becomeSubreaper } from '@tc/linux';
import { follow } from '../foreground.ts';
import type { Command } from './command.ts';
import { createOptions, detach, making } from './making.ts';

export const run: Command = {
  about: 'Make a container and start it',
  usage: 'run [OPTIONS] ID',
  options: {
    ...making,
    detach,
    keep: { kind: 'flag', about: 'don’t delete it at its end' },
    'no-subreaper': { kind: 'flag', about: 'leave orphans to whoever waits for them (with --detach)' },
  },
  async run(args, store) {
    const id = args.id();
    if (!args.has('detach')) becomeSubreaper();
    const { pid } = await createOci(store, id, createOptions(args));
    try {
      startOci(store, id);
    } catch (error) {
      await deleteOci(store, id, true);
      throw error;
    }
    if (args.has('detach')) return 0;
    const code = await follow(pid);
    if (!args.has('keep')) await deleteOci(store, id, true);
    return code;
  },
};
