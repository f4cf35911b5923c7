import { familiarName, parsePlatform } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { pull } from '../table/images.ts';
import { imageStore } from './image-users.ts';
import { withProgress } from './progress.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const pullCommand = command(pull, async ({ platform, quiet = false, json = false }, names) => {
  const store = imageStore();
  const pulled = [];
  for (const name of names) {
    const image = await withProgress(quiet || json, (onProgress) =>
      untilInterrupted((signal) =>
        store.pull(name, {
          signal,
          ...(platform !== undefined && { platform: parsePlatform(platform) }),
          ...(onProgress && { onProgress }),
        }),
      ),
    );
    pulled.push(image);
    if (json) continue;
    writeOut(quiet ? `${image.id}\n` : `${familiarName(image.names[0] ?? name)} ${image.digest}\n`);
  }
  if (json) writeOut(jsonText(pulled));
  return 0;
});
