/** docs/images.md has every command about images with its options. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repository, tctl } from './support/command.ts';
import './support/suite.ts';

const page = readFileSync(join(repository, 'docs/images.md'), 'utf8');

describe('docs/images.md', () => {
  it('names every command, and every option that help has', async () => {
    const rows = [
      ...page.matchAll(/^\| `([a-z]+(?: [a-z]+)?)(?:\\\||[^|])*\| [^|]* \| ((?:\\\||[^|])*) \|$/gm),
    ];
    const documented = new Map(rows.map(([, name = '', options = '']) => [name, options]));
    for (const name of [
      'images',
      'pull',
      'push',
      'import',
      'load',
      'save',
      'export',
      'commit',
      'diff',
      'tag',
      'rmi',
      'image history',
      'image verify',
      'image prune',
    ]) {
      const { stdout } = await tctl(...name.split(' '), '--help');
      const options = [...stdout.matchAll(/^ {2}(?:-(\w), | {4})--([\w-]+)/gm)].filter(
        ([, , long]) => long !== 'help',
      );
      for (const [, short, long] of options)
        expect(documented.get(name), `${name} --${long}`).toMatch(
          new RegExp(`\`-${short ?? '!'}\`|\`--${long}\\b`),
        );
    }
  });
});
