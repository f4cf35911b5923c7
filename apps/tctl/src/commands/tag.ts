import { familiarName } from '@tc/images';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';

export const tagCommand = command({
  usage: 'tag [OPTIONS] IMAGE NAME',
  about: 'Gives an image one more name. Where another image has it, that has it no more.',
  options: { json: { about: 'as JSON' } },
  operands: { atLeast: 2, atMost: 2 },
  missing: 'image, or the name,',
  async run({ json = false }, [image = '', name = '']) {
    const given = familiarName(await imageStore().tag(image, name));
    writeOut(json ? jsonText({ name: given, digest: (await imageStore().get(given)).digest }) : `${given}\n`);
    return 0;
  },
});
