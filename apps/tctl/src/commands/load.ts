import { familiarName, parsePlatform } from '@tc/images';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';
import { standardInput } from './standard-input.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const loadCommand = command({
  usage: 'load [OPTIONS] [FILE | DIR]',
  about: `Takes images out of an archive that docker save, podman save or skopeo copy has written, or of the directory of an
OCI layout. Without a file it reads stdin.`,
  options: {
    input: { short: 'i', value: 'FILE', about: 'the same as FILE' },
    name: { value: 'NAME', about: 'name the image, where there is only one' },
    platform: { value: 'OS/ARCH', about: 'of images for several; default: this machine’s' },
    json: { about: 'as JSON' },
  },
  operands: { atLeast: 0, atMost: 1 },
  async run({ input, name, platform, json = false }, [file]) {
    const source = input ?? file ?? '-';
    const images = await untilInterrupted((signal) =>
      imageStore().load(source === '-' ? standardInput() : source, {
        signal,
        name,
        ...(platform !== undefined && { platform: parsePlatform(platform) }),
      }),
    );
    if (json) writeOut(jsonText(images));
    else for (const { names, id } of images) writeOut(`${printable(familiarName(names[0] ?? id))}\n`);
    return 0;
  },
});
