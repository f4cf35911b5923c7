import { Container, type ContainerInfo } from '@tc/core';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { forEach } from '../cli/for-each.ts';
import { writeOut } from '../cli/output.ts';

export const inspectCommand = command({
  usage: 'inspect CONTAINER [CONTAINER...]',
  about: 'Prints all that is known of containers, as a JSON list.',
  options: { json: { about: 'as it is anyway' } },
  operands: { atLeast: 1, atMost: any },
  async run(_, names) {
    await cleanUp();
    const found: ContainerInfo[] = [];
    const code = await forEach(names, async (name) => {
      found.push(await (await Container.get(name)).inspect());
      return undefined;
    });
    writeOut(`${JSON.stringify(found, undefined, 2)}\n`);
    return code;
  },
});
