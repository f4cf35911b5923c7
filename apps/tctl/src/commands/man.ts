import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { manual } from '../manual/manual.ts';
import { man } from '../table/machine.ts';

export const manCommand = command(man, async () => {
  writeOut(manual());
  return 0;
});
