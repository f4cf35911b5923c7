import { diffLayers } from '@tc/images';
import { command } from '../cli/command.ts';
import { jsonText } from '../cli/json-text.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { diff } from '../table/looking.ts';
import { containerLayers } from './container-layers.ts';

const letters = { added: 'A', changed: 'C', deleted: 'D' } as const;

export const diffCommand = command(diff, async ({ json = false }, [name = '']) => {
  const { upper, lower } = await containerLayers(name);
  const changes = upper === undefined || lower.length === 0 ? [] : diffLayers([upper, ...lower]);
  if (json) writeOut(jsonText(changes));
  else writeOut(changes.map(({ kind, path }) => `${letters[kind]} ${printable(path)}\n`).join(''));
  return 0;
});
