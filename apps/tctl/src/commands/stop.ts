import { Container, type StopOptions } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { inSeconds } from '../cli/moments.ts';
import type { OptionValues } from '../cli/options.ts';
import { parseSignal } from '../cli/signals.ts';
import { stop, type stopOptions } from '../table/life.ts';

/** @throws UsageError */
export function toStopOptions({ timeout, signal }: OptionValues<typeof stopOptions>): StopOptions {
  return {
    ...(timeout === undefined ? {} : { timeout: inSeconds(timeout) }),
    ...(signal === undefined ? {} : { stopSignal: parseSignal('signal', signal) }),
  };
}

export const stopCommand = command(stop, async (values, names) => {
  const options = toStopOptions(values);
  await cleanUp();
  return forEach(names, async (name) => {
    await (await Container.get(name)).stop(options);
    return name;
  });
});
