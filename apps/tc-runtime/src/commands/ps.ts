import { pidsOf } from '@tc/core/oci';
import { table } from '../lists.ts';
import { writeOut } from '../report.ts';
import type { Command } from './command.ts';

export const ps: Command = {
  about: 'List the processes of a container',
  usage: 'ps [OPTIONS] ID',
  options: { format: { kind: 'value', short: 'f', about: 'table or json' } },
  run(args, store) {
    const pids = pidsOf(store.get(args.id()));
    if (args.value('format') === 'json') writeOut(`${JSON.stringify(pids)}\n`);
    else writeOut(table([['PID'], ...pids.map((pid) => [String(pid)])]));
    return 0;
  },
};
