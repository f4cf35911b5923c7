import { diffLayers } from '@tc/images';
import { command } from '../cli/command.ts';
import { writeOut } from '../cli/output.ts';
import { printable } from '../cli/printable.ts';
import { containerLayers } from './container-layers.ts';
import { jsonText } from './json-text.ts';

const letters = { added: 'A', changed: 'C', deleted: 'D' } as const;

export const diffCommand = command({
  usage: 'diff [OPTIONS] CONTAINER',
  about: 'Lists what a container has added (A), changed (C) and deleted (D) in its image.',
  options: { json: { about: 'as JSON' } },
  operands: { atLeast: 1, atMost: 1 },
  async run({ json = false }, [name = '']) {
    const { upper, lower } = await containerLayers(name);
    const changes = upper === undefined || lower.length === 0 ? [] : diffLayers([upper, ...lower]);
    if (json) writeOut(jsonText(changes));
    else writeOut(changes.map(({ kind, path }) => `${letters[kind]} ${printable(path)}\n`).join(''));
    return 0;
  },
});
