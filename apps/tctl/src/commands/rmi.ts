import { familiarName, type Removed } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { any, command } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { writeOut } from '../cli/output.ts';
import { printError } from '../cli/print-error.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';

export const rmiCommand = command({
  usage: 'rmi [OPTIONS] IMAGE [IMAGE...]',
  about:
    'Takes a name from an image, and removes it with its last one. By its id it is removed with all its names.',
  options: {
    force: { short: 'f', about: 'also where a container uses it: its files stay as long as that' },
    json: { about: 'as JSON' },
  },
  operands: { atLeast: 1, atMost: any },
  missing: 'image',
  async run({ force = false, json = false }, images) {
    await cleanUp();
    let code = 0;
    const gone: Removed[] = [];
    // One after another: a later one may be gone with an earlier one.
    for (const image of images) {
      try {
        const result = await imageStore().remove(image, { force });
        gone.push(result);
        if (json) continue;
        const { untagged, removed, digest } = result;
        for (const name of untagged) writeOut(`untagged: ${familiarName(name)}\n`);
        if (removed) writeOut(`removed: ${digest}\n`);
      } catch (error) {
        printError(error);
        code = exitCodes.failed;
      }
    }
    if (json) writeOut(jsonText(gone));
    return code;
  },
});
