import { exportTree } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { exportTree as spec } from '../table/images.ts';
import { needFileForJson, writeArchive } from './binary-output.ts';
import { containerLayers } from './container-layers.ts';

export const exportCommand = command(spec, async ({ output, json = false }, [name = '']) => {
  needFileForJson(json, output);
  const { upper, lower } = await containerLayers(name);
  const written = await writeArchive(exportTree(upper === undefined ? lower : [upper, ...lower]), output);
  if (json) writeOut(jsonText(written));
  return 0;
});
