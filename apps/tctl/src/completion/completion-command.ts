import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { UsageError } from '../cli/usage-error.ts';
import { completion, shells } from '../table/machine.ts';
import { scripts } from './scripts.ts';

export const completionCommand = command(completion, async (_, [name = '']) => {
  const shell = shells.find((each) => each === name);
  if (shell === undefined)
    throw new UsageError(`there is no completion for ${JSON.stringify(name)}`, `tctl ${completion.usage}`);
  writeOut(scripts[shell]);
  return 0;
});
