import { stateOf } from '../lists.ts';
import { writeOut } from '../report.ts';
import type { Command } from './command.ts';

export const state: Command = {
  about: 'Print what is known of a container, as JSON',
  usage: 'state ID',
  options: {},
  run(args, store) {
    writeOut(`${JSON.stringify(stateOf(store, store.get(args.id())), undefined, 2)}\n`);
    return 0;
  },
};
