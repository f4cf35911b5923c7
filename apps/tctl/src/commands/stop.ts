import { Container, type StopOptions } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { inSeconds } from '../cli/moments.ts';
import type { OptionTable, OptionValues } from '../cli/options.ts';
import { parseSignal } from '../cli/signals.ts';

export const stopOptions = {
  time: { short: 't', value: 'SECONDS', about: 'kill it after so long, default 10' },
  signal: { short: 's', value: 'SIGNAL', about: 'what asks it to stop, default SIGTERM' },
} as const satisfies OptionTable;

/** @throws UsageError */
export function toStopOptions({ time, signal }: OptionValues<typeof stopOptions>): StopOptions {
  return {
    ...(time === undefined ? {} : { timeout: inSeconds(time) }),
    ...(signal === undefined ? {} : { stopSignal: parseSignal('signal', signal) }),
  };
}

export const stopCommand = command({
  usage: 'stop [OPTIONS] CONTAINER [CONTAINER...]',
  about: 'Asks containers to end, and kills those that do not.',
  options: stopOptions,
  operands: { atLeast: 1, atMost: any },
  async run(values, names) {
    const options = toStopOptions(values);
    await cleanUp();
    return forEach(names, async (name) => {
      await (await Container.get(name)).stop(options);
      return name;
    });
  },
});
