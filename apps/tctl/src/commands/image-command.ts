import { age } from '../cli/age.ts';
import { cleanUp } from '../cli/clean-up.ts';
import { any, type Command, command } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { writeOut } from '../cli/output.ts';
import { printable, shortened } from '../cli/printable.ts';
import { subcommands } from '../cli/subcommands.ts';
import { textTable } from '../cli/text-table.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';
import { imagesCommand } from './list-images.ts';
import { megabytes } from './progress.ts';
import { rmiCommand } from './rmi.ts';
import { untilInterrupted } from './until-interrupted.ts';

const json = { json: { about: 'as JSON' } } as const;

const inspect = command({
  usage: 'image inspect IMAGE [IMAGE...]',
  about: 'Prints all that is known of images, as JSON.',
  options: json,
  operands: { atLeast: 1, atMost: any },
  missing: 'image',
  async run(_, images) {
    const store = imageStore();
    writeOut(jsonText(await Promise.all(images.map((image) => store.get(image)))));
    return 0;
  },
});

const history = command({
  usage: 'image history [OPTIONS] IMAGE',
  about: 'Prints how an image was made, the newest step first.',
  options: { ...json, 'no-trunc': { about: 'whole commands' } },
  operands: { atLeast: 1, atMost: 1 },
  missing: 'image',
  async run({ json: asJson = false, 'no-trunc': whole = false }, [image = '']) {
    const steps = await imageStore().history(image);
    if (asJson) {
      writeOut(jsonText(steps));
      return 0;
    }
    const rows = steps.map(({ createdAt, createdBy = '', comment = '', bytes }) => [
      createdAt === undefined ? '' : `${age(createdAt)} ago`,
      printable(whole ? createdBy : shortened(createdBy, 50)),
      megabytes(bytes),
      printable(whole ? comment : shortened(comment, 40)),
    ]);
    writeOut(textTable(['CREATED', 'BY', 'SIZE', 'COMMENT'], rows));
    return 0;
  },
});

const verify = command({
  usage: 'image verify [OPTIONS] [IMAGE]',
  about: `Reads all blobs and all layers, and says what is damaged or missing; the exit code is 1 then. With --repair,
layers are unpacked anew from their blobs.`,
  options: { ...json, repair: { about: 'unpack damaged layers anew' } },
  operands: { atLeast: 0, atMost: 1 },
  async run({ json: asJson = false, repair = false }, [image]) {
    const problems = await untilInterrupted((signal) =>
      repair ? imageStore().repair(image, { signal }) : imageStore().verify(image, { signal }),
    );
    if (asJson) writeOut(jsonText(problems));
    else
      for (const { image: name, kind, digest, detail } of problems)
        writeOut(`${printable(name)}: ${kind}: ${digest}: ${printable(detail)}\n`);
    return problems.length === 0 ? 0 : exitCodes.failed;
  },
});

const prune = command({
  usage: 'image prune [OPTIONS]',
  about: `Removes images without a name that no container uses, and what belongs to no image: blobs, layers, and what
interrupted downloads have left.`,
  options: { ...json, all: { short: 'a', about: 'images with a name, too' } },
  operands: { atLeast: 0, atMost: 0 },
  async run({ json: asJson = false, all = false }) {
    await cleanUp();
    const swept = await imageStore().prune({ all });
    if (asJson) writeOut(jsonText(swept));
    else {
      writeOut(swept.images.map((digest) => `${digest}\n`).join(''));
      writeOut(`${swept.images.length} images, ${swept.layers.length} layers, ${swept.blobs.length} blobs\n`);
    }
    return 0;
  },
});

export const imageCommand: Command = subcommands('image', 'Root file systems that containers are made of.', {
  ls: { about: 'List images', run: imagesCommand },
  rm: { about: 'Remove images', run: rmiCommand },
  inspect: { about: 'Print all that is known of images', run: inspect },
  history: { about: 'Print how an image was made', run: history },
  verify: { about: 'Look for damage, and repair it', run: verify },
  prune: { about: 'Remove what nobody needs', run: prune },
});
