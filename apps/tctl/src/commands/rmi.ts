import { familiarName, type Removed } from '@tc/images';
import { cleanUp } from '../cli/clean-up.ts';
import { command } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { jsonText } from '../cli/json-text.ts';
import { reportError } from '../cli/near-name.ts';
import { writeOut } from '../cli/output.ts';
import { rmi } from '../table/images.ts';
import { imageStore } from './image-users.ts';

export const rmiCommand = command(rmi, async ({ force = false, json = false }, images) => {
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
      await reportError(error);
      code = exitCodes.failed;
    }
  }
  if (json) writeOut(jsonText(gone));
  return code;
});
