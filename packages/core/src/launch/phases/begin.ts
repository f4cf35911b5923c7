import { load } from '../data.ts';
import type { Label } from '../program.ts';
import type { CommandContext } from './context.ts';
import { labelCommand } from './labels.ts';
import { setOomScore } from './process-settings.ts';
import { connectListener } from './seccomp-listener.ts';
import { unblockSignals } from './signals.ts';

/**
 * The first steps of the process that becomes the command, after its clone: what it says goes through the error pipe,
 * and what takes the host's files is done while they are there.
 */
export function begin(c: CommandContext, failed: Label): void {
  const { p } = c;
  p.set(p.control.reportFd, load(c.errorWrite));
  p.set(p.control.onFail, { kind: 'step', label: failed });
  unblockSignals(c);
  setOomScore(c);
  labelCommand(c);
  connectListener(c);
}
