/** The commands of images: one bundle, as all need the store. */
import type { Command } from '../cli/command.ts';
import { commitCommand } from './commit.ts';
import { diffCommand } from './diff.ts';
import { exportCommand } from './export.ts';
import { imageCommand } from './image-command.ts';
import { importCommand } from './import.ts';
import { imagesCommand } from './list-images.ts';
import { loadCommand } from './load.ts';
import { pullCommand } from './pull.ts';
import { pushCommand } from './push.ts';
import { rmiCommand } from './rmi.ts';
import { saveCommand } from './save.ts';
import { tagCommand } from './tag.ts';

export { imageStore } from './image-users.ts';

export const imageCommands = {
  commit: commitCommand,
  diff: diffCommand,
  export: exportCommand,
  image: imageCommand,
  images: imagesCommand,
  import: importCommand,
  load: loadCommand,
  pull: pullCommand,
  push: pushCommand,
  rmi: rmiCommand,
  save: saveCommand,
  tag: tagCommand,
} satisfies Record<string, Command>;

export type ImageCommand = keyof typeof imageCommands;
