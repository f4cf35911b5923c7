import { compileRun } from '@tc/core';
import { parseOptions } from '../../cli/options.ts';
import { toRunOptions } from '../../commands/to-run-options.ts';
import { runOptions } from '../../table/run-options.ts';
import type { Problem } from '../form/form.ts';
import { problemFrom } from '../form/refusal.ts';

/**
 * What `tctl run` would have against some of its options: its own parsers, and the checks of a real start short of
 * starting it. The root directory and the command are none that matter here.
 */
export function checkRunOptions(options: readonly string[]): Problem | undefined {
  return problemFrom(() => {
    const { values } = parseOptions(runOptions, options);
    compileRun(['true'], { ...toRunOptions(values), rootfs: '/' });
  });
}
