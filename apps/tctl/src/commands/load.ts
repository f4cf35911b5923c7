import { familiarName, parsePlatform } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { load } from '../table/images.ts';
import { imageStore } from './image-users.ts';
import { standardInput } from './standard-input.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const loadCommand = command(
  load,
  async ({ input, name, platform, json = false, quiet = false }, [file]) => {
    const source = input ?? file ?? '-';
    const images = await untilInterrupted((signal) =>
      imageStore().load(source === '-' ? standardInput() : source, {
        signal,
        name,
        ...(platform !== undefined && { platform: parsePlatform(platform) }),
      }),
    );
    if (json) writeOut(jsonText(images));
    else if (!quiet)
      for (const { names, id } of images) writeOut(`${printable(familiarName(names[0] ?? id))}\n`);
    return 0;
  },
);
