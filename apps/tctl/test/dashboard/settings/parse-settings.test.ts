import { describe, expect, it } from 'vitest';
import { effectiveSettings } from '../../../src/dashboard/settings/effective-settings.ts';
import { parseSettings, settingNames, toJson } from '../../../src/dashboard/settings/parse-settings.ts';

const parse = (value: unknown) => parseSettings(JSON.stringify(value), '/c.json');

describe('the configuration file', () => {
  it('is read', () => {
    expect(
      parse({
        theme: 'light',
        graphs: 'blocks',
        unicode: true,
        mouse: false,
        interval: '500ms',
        columns: ['memory', 'name', 'cpu'],
        sort: 'name:descending',
        readOnly: true,
        keys: { kill: ['ctrl+k'], tree: 'T' },
      }),
    ).toEqual({
      theme: 'light',
      graphs: 'blocks',
      unicode: true,
      mouse: false,
      interval: '500ms',
      columns: ['name', 'cpu', 'memory'],
      sort: { column: 'name', descending: true },
      readOnly: true,
      keys: { kill: ['ctrl+k'], tree: 'T' },
    });
  });

  it('may say nothing', () => {
    expect(parse({})).toEqual({});
  });

  it('sorts a column its usual way where it does not say which', () => {
    expect(parse({ sort: 'memory' }).sort).toEqual({ column: 'memory', descending: true });
    expect(parse({ sort: 'name' }).sort).toEqual({ column: 'name', descending: false });
  });

  it.each([
    [{ colums: [] }, /^\/c\.json: colums: there is no such setting; columns\?$/],
    [{ x: 1 }, /^\/c\.json: x: there is no such setting; there are theme, /],
    [{ constructor: 1 }, /^\/c\.json: constructor: there is no such setting/],
    [{ theme: 'ligt' }, /^\/c\.json: theme: there is no theme "ligt"; light\?$/],
    [{ theme: 5 }, /^\/c\.json: theme: there is no theme 5; there are dark, /],
    [{ graphs: 'dots' }, /^\/c\.json: graphs: there is no kind of graph "dots"; there are braille/],
    [{ mouse: 'yes' }, /^\/c\.json: mouse: true or false, not "yes"$/],
    [{ unicode: null }, /^\/c\.json: unicode: true or false, not null$/],
    [{ interval: 5 }, /^\/c\.json: interval: a time like "1s"/],
    [{ interval: '5 parsecs' }, /^\/c\.json: interval: Give seconds/],
    [{ columns: 'name' }, /^\/c\.json: columns: a list of columns, not "name"$/],
    [{ columns: ['cpu'] }, /^\/c\.json: columns: name has to be among them$/],
    [{ columns: ['name', 'memroy'] }, /^\/c\.json: columns: there is no column "memroy"; memory\?$/],
    [{ sort: 'cpu:up' }, /^\/c\.json: sort: after the column comes :ascending or :descending/],
    [{ sort: 'cpu:descending:' }, /^\/c\.json: sort: after the column/],
    [{ keys: ['x'] }, /^\/c\.json: keys: commands and their keys/],
    [{ keys: { kil: ['x'] } }, /^\/c\.json: keys: there is no command "kil"; kill\?$/],
    [{ keys: { tree: ['x'] } }, /^\/c\.json: keys: x is tree and kill in the main view$/],
  ])('that has %j is refused by name', (value, message) => {
    expect(() => parse(value)).toThrow(message);
  });

  it('is refused with all that is wrong, a line each', () => {
    expect(() => parse({ theme: 'x', mouse: 1 })).toThrow(
      /^\/c\.json: theme: .*\n {2}\/c\.json: mouse: [^\n]*$/,
    );
  });

  it.each(['', '[]', '5', 'null', '{"theme":"dark",}', '{'])('that is %j is no JSON object', (text) => {
    expect(() => parseSettings(text, '/c.json')).toThrow(/^\/c\.json: not (JSON|a JSON object)/);
  });

  it('that is printed has all settings, and is read back as it was', () => {
    const settings = effectiveSettings({}, { sort: { column: 'cpu', descending: false } }, {});
    const json = toJson(settings);
    expect(Object.keys(json).toSorted()).toEqual(settingNames.toSorted());
    expect(parse(json)).toEqual(settings);
  });
});

describe('what is in force', () => {
  it('is an option before the file, and the file before the terminal', () => {
    const env = { COLORFGBG: '0;15', TERM: 'linux' };
    expect(effectiveSettings({}, {}, env)).toMatchObject({ theme: 'light', unicode: false, mouse: true });
    expect(effectiveSettings({}, { theme: 'dark', unicode: true }, env)).toMatchObject({
      theme: 'dark',
      unicode: true,
    });
    const values = {
      theme: 'high-contrast',
      'no-unicode': true,
      'no-mouse': true,
      interval: '3s',
      'read-only': true,
    };
    expect(effectiveSettings(values, { theme: 'dark', unicode: true, interval: '9s' }, env)).toMatchObject({
      theme: 'high-contrast',
      unicode: false,
      mouse: false,
      interval: '3s',
      readOnly: true,
    });
  });

  it.each([[{ theme: 'x' }], [{ interval: 'x' }]])('is refused for %j', (values) => {
    expect(() => effectiveSettings(values, {}, {})).toThrow(JSON.stringify('x'));
  });
});
