import { describe, expect, it } from 'vitest';
import { dataDirectory } from '../src/data-directory.ts';

describe('dataDirectory', () => {
  it.each([
    ['root keeps images in /var/lib', { uid: 0, env: {} }, '/var/lib/tctl'],
    ['root ignores XDG_DATA_HOME', { uid: 0, env: { XDG_DATA_HOME: '/x' } }, '/var/lib/tctl'],
    ['a user keeps them at home', { uid: 1000, env: {}, home: '/home/a' }, '/home/a/.local/share/tctl'],
    ['a user may say where with XDG_DATA_HOME', { uid: 1000, env: { XDG_DATA_HOME: '/x' } }, '/x/tctl'],
    [
      'a relative XDG_DATA_HOME is ignored',
      { uid: 1000, env: { XDG_DATA_HOME: 'x' }, home: '/h' },
      '/h/.local/share/tctl',
    ],
    ['TCTL_DATA_DIR overrides all', { uid: 0, env: { TCTL_DATA_DIR: '/d/' } }, '/d'],
    ['an empty TCTL_DATA_DIR does not', { uid: 0, env: { TCTL_DATA_DIR: '' } }, '/var/lib/tctl'],
  ])('%s', (_title, inputs, expected) => {
    expect(dataDirectory(inputs)).toBe(expected);
  });
});
