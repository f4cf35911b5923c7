import { familiarName } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { tag } from '../table/images.ts';
import { imageStore } from './image-users.ts';

export const tagCommand = command(tag, async ({ json = false }, [image = '', name = '']) => {
  const given = familiarName(await imageStore().tag(image, name));
  writeOut(json ? jsonText({ name: given, digest: (await imageStore().get(given)).digest }) : `${given}\n`);
  return 0;
});
