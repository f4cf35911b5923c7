import { any, command } from '../cli/command.ts';
import { oneOf } from '../cli/numbers.ts';
import { writeOut } from '../cli/output.ts';
import { needFileForJson, writeArchive } from './binary-output.ts';
import { imageStore } from './image-users.ts';
import { jsonText } from './json-text.ts';

export const saveCommand = command({
  usage: 'save [OPTIONS] IMAGE [IMAGE...]',
  about: 'Writes images as one archive, for tctl load, docker load, podman load and skopeo copy.',
  options: {
    output: { short: 'o', value: 'FILE', about: 'where to, default stdout' },
    format: {
      value: 'oci|docker',
      about: 'oci (default): an OCI layout; docker: what any docker load takes',
    },
    json: { about: 'with -o: what was written, as JSON' },
  },
  operands: { atLeast: 1, atMost: any },
  missing: 'image',
  async run({ output, format, json = false }, images) {
    needFileForJson(json, output);
    const written = await writeArchive(
      imageStore().save(images, { format: oneOf('format', format ?? 'oci', ['oci', 'docker']) }),
      output,
    );
    if (json) writeOut(jsonText(written));
    return 0;
  },
});
