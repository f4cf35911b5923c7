import { exportTree } from '@tc/images';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { needFileForJson, writeArchive } from './binary-output.ts';
import { containerLayers } from './container-layers.ts';
import { jsonText } from './json-text.ts';

export const exportCommand = command({
  usage: 'export [OPTIONS] CONTAINER',
  about:
    'Writes the root file system of a container as a tar archive. Volumes and mounts are not part of it.',
  options: {
    output: { short: 'o', value: 'FILE', about: 'where to, default stdout' },
    json: { about: 'with -o: what was written, as JSON' },
  },
  operands: { atLeast: 1, atMost: 1 },
  async run({ output, json = false }, [name = '']) {
    needFileForJson(json, output);
    const { upper, lower } = await containerLayers(name);
    const written = await writeArchive(exportTree(upper === undefined ? lower : [upper, ...lower]), output);
    if (json) writeOut(jsonText(written));
    return 0;
  },
});
