import { Container } from '@tc/core';
import { command } from '../cli/command.ts';
import { exitCodeOf, exitCodes } from '../cli/exit-code.ts';
import { forEach } from '../cli/for-each.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { wait } from '../table/life.ts';

export const waitCommand = command(wait, async ({ json = false }, names) => {
  const ends: unknown[] = [];
  const code = await forEach(names, async (name) => {
    const container = await Container.get(name);
    const exit = await container.wait();
    const exitCode = exit.reason === 'lost' ? exitCodes.ownError : exitCodeOf(exit);
    ends.push({ id: container.id, name: container.name, ...exit, exitCode });
    return json ? undefined : String(exitCode);
  });
  if (json) writeOut(jsonText(ends));
  return code;
});
