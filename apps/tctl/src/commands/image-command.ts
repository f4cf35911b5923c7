import { cleanUp } from '../cli/clean-up.ts';
import { type Command, command } from '../cli/command.ts';
import { exitCodes } from '../cli/exit-code.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { pruneFilter } from '../cli/prune-filters.ts';
import { subcommands } from '../cli/subcommands.ts';
import { imageGroup, imagePrune, imageVerify } from '../table/image-group.ts';
import { historyCommand } from './history.ts';
import { imageStore } from './image-users.ts';
import { importCommand } from './import.ts';
import { imageInspectCommand } from './inspect-image.ts';
import { imagesCommand } from './list-images.ts';
import { loadCommand } from './load.ts';
import { pruneImages } from './prune-images.ts';
import { pullCommand } from './pull.ts';
import { pushCommand } from './push.ts';
import { rmiCommand } from './rmi.ts';
import { saveCommand } from './save.ts';
import { tagCommand } from './tag.ts';
import { untilInterrupted } from './until-interrupted.ts';

const verify = command(imageVerify, async ({ json = false, repair = false }, [image]) => {
  const problems = await untilInterrupted((signal) =>
    repair ? imageStore().repair(image, { signal }) : imageStore().verify(image, { signal }),
  );
  if (json) writeOut(jsonText(problems));
  else
    for (const { image: name, kind, digest, detail } of problems)
      writeOut(`${printable(name)}: ${kind}: ${digest}: ${printable(detail)}\n`);
  return problems.length === 0 ? 0 : exitCodes.failed;
});

const prune = command(imagePrune, async ({ json = false, all = false, filter }) => {
  const isMeant = pruneFilter(filter);
  await cleanUp();
  const swept = await pruneImages(all, filter && isMeant);
  if (json) writeOut(jsonText(swept));
  else {
    writeOut(swept.images.map((digest) => `${digest}\n`).join(''));
    writeOut(`${swept.images.length} images, ${swept.layers.length} layers, ${swept.blobs.length} blobs\n`);
  }
  return 0;
});

export const imageCommand: Command = subcommands('image', imageGroup, {
  ls: imagesCommand,
  list: imagesCommand,
  pull: pullCommand,
  push: pushCommand,
  import: importCommand,
  load: loadCommand,
  save: saveCommand,
  tag: tagCommand,
  rm: rmiCommand,
  history: historyCommand,
  inspect: imageInspectCommand,
  verify,
  prune,
});
