import { stateOf, table } from '../lists.ts';
import { writeOut } from '../report.ts';
import type { Command } from './command.ts';

export const list: Command = {
  about: 'List containers',
  usage: 'list [OPTIONS]',
  options: {
    format: { kind: 'value', short: 'f', about: 'table or json' },
    quiet: { kind: 'flag', short: 'q', about: 'only ids' },
  },
  run(args, store) {
    const states = store.ids().flatMap((id) => {
      const state = store.find(id);
      return state === undefined ? [] : [stateOf(store, state)];
    });
    if (args.has('quiet')) writeOut(states.map(({ id }) => `${id}\n`).join(''));
    else if (args.value('format') === 'json') writeOut(`${JSON.stringify(states)}\n`);
    else {
      const rows = states.map(({ id, pid, status, bundle, created }) => [
        id,
        String(pid),
        status,
        bundle,
        created,
      ]);
      writeOut(table([['ID', 'PID', 'STATUS', 'BUNDLE', 'CREATED'], ...rows]));
    }
    return 0;
  },
};
