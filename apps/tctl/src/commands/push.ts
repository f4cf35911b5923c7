import { familiarName } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { push } from '../table/images.ts';
import { imageStore } from './image-users.ts';
import { withProgress } from './progress.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const pushCommand = command(push, async ({ quiet = false, json = false }, [image = '', name]) => {
  const store = imageStore();
  await withProgress(quiet || json, (onProgress) =>
    untilInterrupted((signal) => store.push(image, name, { signal, ...(onProgress && { onProgress }) })),
  );
  const to = familiarName(name ?? image);
  if (json) writeOut(jsonText({ name: to, digest: (await store.get(image)).digest }));
  else if (!quiet) writeOut(`${to}\n`);
  return 0;
});
