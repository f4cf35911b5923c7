import { familiarName } from '@tc/images';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';
import { withProgress } from './progress.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const pushCommand = command({
  usage: 'push [OPTIONS] IMAGE [NAME]',
  about: 'Puts an image into a registry, under its own name or another.',
  options: { quiet: { short: 'q', about: 'say nothing' }, json: { about: 'as JSON' } },
  operands: { atLeast: 1, atMost: 2 },
  missing: 'image',
  async run({ quiet = false, json = false }, [image = '', name]) {
    const store = imageStore();
    await withProgress(quiet || json, (onProgress) =>
      untilInterrupted((signal) => store.push(image, name, { signal, ...(onProgress && { onProgress }) })),
    );
    const to = familiarName(name ?? image);
    if (json) writeOut(jsonText({ name: to, digest: (await store.get(image)).digest }));
    else if (!quiet) writeOut(`${to}\n`);
    return 0;
  },
});
