/** The commands of images: one bundle, as all need the store. */
import type { Command } from '../cli/command.ts';
import { commitCommand } from './commit.ts';
import { diffCommand } from './diff.ts';
import { exportCommand } from './export.ts';
import { historyCommand } from './history.ts';
import { imageCommand } from './image-command.ts';
import { importCommand } from './import.ts';
import { infoCommand } from './info.ts';
import { imagesCommand } from './list-images.ts';
import { loadCommand } from './load.ts';
import { pullCommand } from './pull.ts';
import { pushCommand } from './push.ts';
import { rmiCommand } from './rmi.ts';
import { saveCommand } from './save.ts';
import { systemCommand } from './system-command.ts';
import { tagCommand } from './tag.ts';

export { containerSizes } from './container-sizes.ts';
export { imageNames } from './image-names.ts';
export { imageStore } from './image-users.ts';
export { inspectImage } from './inspect-image.ts';

export const imageCommands = {
  commit: commitCommand,
  diff: diffCommand,
  export: exportCommand,
  history: historyCommand,
  image: imageCommand,
  images: imagesCommand,
  import: importCommand,
  info: infoCommand,
  load: loadCommand,
  pull: pullCommand,
  push: pushCommand,
  rmi: rmiCommand,
  save: saveCommand,
  system: systemCommand,
  tag: tagCommand,
} satisfies Record<string, Command>;

export type ImageCommand = keyof typeof imageCommands;
