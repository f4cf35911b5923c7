/** docs/images.md has every command about images. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { families } from '../../apps/tctl/src/table/commands.ts';
import { imageGroup } from '../../apps/tctl/src/table/image-group.ts';
import { repository } from './support/command.ts';
import './support/suite.ts';

const page = readFileSync(join(repository, 'docs/images.md'), 'utf8');
const own = Object.keys(families['Images and volumes']).filter(
  (name) => name !== 'volume' && name !== 'image',
);
const below = Object.entries(imageGroup.commands).flatMap(([name, entry]) =>
  'sameAs' in entry ? [] : [`image ${name}`],
);

describe('docs/images.md', () => {
  it.each([...own, ...below, 'export', 'commit', 'diff'])('names tctl %s', (name) => {
    expect(page).toMatch(new RegExp(`^\\| (.*, )?\`${name}\\b`, 'm'));
  });
});
