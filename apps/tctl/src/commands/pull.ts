import { familiarName, parsePlatform } from '@tc/images';
import { any, command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';
import { withProgress } from './progress.ts';
import { untilInterrupted } from './until-interrupted.ts';

export const pullCommand = command({
  usage: 'pull [OPTIONS] NAME [NAME...]',
  about: `Gets images from their registries, with the passwords of ~/.docker/config.json. Plain http is for registries of
this machine alone.`,
  options: {
    platform: { value: 'OS/ARCH', about: 'of images for several, e.g. linux/arm64; default: this machine’s' },
    quiet: { short: 'q', about: 'only ids' },
    json: { about: 'as JSON' },
  },
  operands: { atLeast: 1, atMost: any },
  missing: 'image',
  async run({ platform, quiet = false, json = false }, names) {
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
  },
});
