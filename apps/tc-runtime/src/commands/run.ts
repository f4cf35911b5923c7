import { createOci, deleteOci, startOci } from '@tc/core/oci';
import { rawTerminal } from '@tc/core/terminal';
import { becomeSubreaper } from '@tc/linux';
import { follow, passSignals } from '../foreground.ts';
import { warn } from '../report.ts';
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
  async run(args, store, whole) {
    const id = args.id();
    const stays = !args.has('detach');
    if (stays) becomeSubreaper();
    const { state, terminal } = await createOci(store, id, {
      ...createOptions(args, whole),
      ownTerminal: stays,
    });
    // Before the start, so that nothing that is typed is shown twice, or lost.
    using _raw = terminal === undefined ? undefined : rawTerminal(0);
    using signals = stays ? passSignals() : undefined;
    signals?.to(state.pid, terminal !== undefined);
    try {
      await startOci(store, id);
    } catch (error) {
      await deleteOci(store, id, true, warn);
      throw error;
    }
    if (!stays) return 0;
    const code = await follow(state.pid, terminal);
    if (!args.has('keep')) await deleteOci(store, id, true, warn);
    return code;
  },
};
