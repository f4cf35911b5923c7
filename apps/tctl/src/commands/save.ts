import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { oneOf } from '../cli/numbers.ts';
import { writeOut } from '../cli/output.ts';
import { save } from '../table/images.ts';
import { needFileForJson, writeArchive } from './binary-output.ts';
import { imageStore } from './image-users.ts';

export const saveCommand = command(save, async ({ output, format, json = false }, images) => {
  needFileForJson(json, output);
  const written = await writeArchive(
    imageStore().save(images, { format: oneOf('format', format ?? 'oci', ['oci', 'docker']) }),
    output,
  );
  if (json) writeOut(jsonText(written));
  return 0;
});
