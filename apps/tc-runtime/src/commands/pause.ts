import { pauseOci } from '@tc/core/oci';
import type { Command } from './command.ts';

export const pause: Command = {
  about: 'Stop all processes of a container where they are',
  usage: 'pause ID',
  options: {},
  async run(args, store) {
    await pauseOci(store, args.id(), true);
    return 0;
  },
};

export const resume: Command = {
  about: 'Let them go on',
  usage: 'resume ID',
  options: {},
  async run(args, store) {
    await pauseOci(store, args.id(), false);
    return 0;
  },
};
