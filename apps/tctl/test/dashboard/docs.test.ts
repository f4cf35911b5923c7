import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { page, withKeyTables } from '../../../../tools/dashboard-keys.ts';
import { columnIds, columnSpec } from '../../src/dashboard/model/columns.ts';
import { themeNames } from '../../src/dashboard/theme/palettes.ts';
import { dashboardOptions } from '../../src/table/dashboard-options.ts';

const text = readFileSync(page, 'utf8');

describe('docs/dashboard.md', () => {
  it('has the keys of the key map: node --conditions=tc-source tools/dashboard-keys.ts', () => {
    expect(withKeyTables(text)).toBe(text);
  });

  it.each(Object.keys(dashboardOptions).filter((name) => name !== 'help'))('tells of --%s', (name) => {
    expect(text).toContain(`--${name}`);
  });

  it.each(themeNames)('tells of the theme %s', (name) => {
    expect(text).toContain(`\`${name}\``);
  });

  it('tells of every column with a title that is there at first', () => {
    const titles = columnIds
      .filter((id) => !columnSpec(id).isHidden)
      .map((id) => columnSpec(id).title.replace('/', ''));
    for (const title of titles) expect(`${title} ${text.includes(title)}`).toBe(`${title} true`);
  });
});
