import { familiarName, type ImageInfo } from '@tc/images';
import { age } from '../cli/age.ts';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { textTable } from '../cli/text-table.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';
import { megabytes } from './progress.ts';

export const imagesCommand = command({
  usage: 'images [OPTIONS] [NAME]',
  about: 'Lists the images. SIZE is the content of all files; UNIQUE is what no other image has of that.',
  options: {
    all: { short: 'a', about: 'those without a name, too' },
    quiet: { short: 'q', about: 'only ids' },
    'no-trunc': { about: 'whole ids' },
    digests: { about: 'the digests of the manifests' },
    json: { about: 'as JSON' },
  },
  operands: { atLeast: 0, atMost: 1 },
  async run(
    { all = false, quiet = false, json = false, digests = false, 'no-trunc': whole = false },
    [name],
  ) {
    const images = (await imageStore().list()).filter((image) => matches(image, name));
    if (json) {
      writeOut(jsonText(images));
      return 0;
    }
    const shown = images.filter(({ names }) => all || names.length > 0);
    const short = (digest: string) => (whole ? digest : digest.slice(7, 19));
    if (quiet) {
      writeOut([...new Set(shown.map(({ id }) => `${short(id)}\n`))].join(''));
      return 0;
    }
    const rows = shown.flatMap((image) =>
      (image.names.length > 0 ? image.names : ['<none>']).map((each) => [
        printable(familiarName(each)),
        ...(digests ? [image.digest] : []),
        short(image.id),
        image.createdAt === undefined ? '' : `${age(image.createdAt)} ago`,
        megabytes(image.bytes),
        megabytes(image.uniqueBytes),
      ]),
    );
    writeOut(textTable(['IMAGE', ...(digests ? ['DIGEST'] : []), 'ID', 'CREATED', 'SIZE', 'UNIQUE'], rows));
    return 0;
  },
});

/** All tags of a repository, or one. */
function matches({ names }: ImageInfo, wanted: string | undefined): boolean {
  if (wanted === undefined) return true;
  return names.some((name) => {
    const familiar = familiarName(name);
    return [name, familiar].some((each) => each === wanted || each.startsWith(`${wanted}:`));
  });
}
