import { describe, expect, it } from 'vitest';
import { helpGroups } from '../../src/dashboard/dialogs/help-lines.ts';
import { Bindings, keyTitle } from '../../src/dashboard/keys/bindings.ts';
import { keyMap } from '../../src/dashboard/keys/key-map.ts';
import { findConflicts, isKeyName, remapKeys } from '../../src/dashboard/keys/remap.ts';

describe('the key map', () => {
  it('has no key that means two things in one place', () => {
    expect(findConflicts(keyMap)).toEqual([]);
  });

  it('has only keys that a terminal can send', () => {
    for (const { keys } of Object.values(keyMap))
      for (const key of keys) expect(`${key} ${isKeyName(key)}`).toBe(`${key} true`);
  });

  it('finds the innermost meaning of a key', () => {
    const bindings = new Bindings();
    expect(bindings.find('/', ['main'])).toBe('filter');
    expect(bindings.find('/', ['logs', 'detail'])).toBe('logSearch');
    expect(bindings.find('P', ['main'])).toBe('sortCpu');
    expect(bindings.find('P', ['replay', 'main'])).toBe('playPause');
    expect(bindings.find('q', ['detail'])).toBe('quit');
    expect(bindings.find('§', ['main'])).toBeUndefined();
  });

  it('is all in the help, once', () => {
    const groups = helpGroups(new Bindings(), { isReadOnly: false, isReplay: true });
    const commands = groups.flatMap(({ entries }) => entries.map(({ command }) => command));
    expect(commands.toSorted()).toEqual(Object.keys(keyMap).toSorted());
  });

  it('shows no key for what can’t be done', () => {
    const groups = helpGroups(new Bindings(), { isReadOnly: true, isReplay: false });
    const commands = groups.flatMap(({ entries }) => entries.map(({ command }) => command));
    expect(commands).not.toContain('kill');
    expect(commands).not.toContain('playPause');
    expect(commands).toContain('quit');
  });

  it.each([
    ['ctrl+c', 'Ctrl-C'],
    ['f10', 'F10'],
    ['shift+tab', 'Shift-Tab'],
    ['ctrl+pageup', 'Ctrl-PGUP'],
    ['alt+x', 'Alt-x'],
    ['G', 'G'],
  ])('writes %s as %s', (key, title) => {
    expect(keyTitle(key)).toBe(title);
  });
});

describe('keys of one’s own', () => {
  it('take the place of the others', () => {
    const { map, problems } = remapKeys({ kill: ['ctrl+k'], tree: 'T', stop: [] });
    expect(problems).toEqual([]);
    const bindings = new Bindings(map);
    expect(bindings.find('ctrl+k', ['main'])).toBe('kill');
    expect(bindings.find('x', ['main'])).toBeUndefined();
    expect(bindings.find('T', ['main'])).toBe('tree');
    expect(bindings.find('S', ['main'])).toBeUndefined();
    expect(
      helpGroups(bindings, { isReadOnly: false, isReplay: false }).flatMap(({ entries }) => entries),
    ).not.toContainEqual(expect.objectContaining({ command: 'stop' }));
  });

  it('that make no sense are said, and change nothing', () => {
    const { map, problems } = remapKeys({ kil: ['x'], tree: ['ctrl+'], sortCpu: 5, filter: [' '] });
    expect(map).toEqual(keyMap);
    expect(problems).toEqual([
      'there is no command "kil"; kill?',
      expect.stringMatching(/^keys of tree: /),
      expect.stringMatching(/^keys of sortCpu: /),
      expect.stringMatching(/^keys of filter: /),
    ]);
  });

  it('that are taken are said', () => {
    expect(remapKeys({ tree: ['q', 'x'] }).problems).toEqual(['x is tree and kill in the main view']);
  });
});
