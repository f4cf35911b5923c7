import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings, settingsFile, writeSettings } from '../../../src/dashboard/settings/settings-file.ts';

let directory = '';
let file = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tctl-settings-'));
  file = join(directory, 'tctl/config.json');
});
afterEach(() => rmSync(directory, { recursive: true }));

const put = (text: string) => {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
};

describe('where it is', () => {
  it.each([
    [{ XDG_CONFIG_HOME: '/x' }, '/x/tctl/config.json'],
    [{ XDG_CONFIG_HOME: 'x' }, '/home/me/.config/tctl/config.json'],
    [{ XDG_CONFIG_HOME: '' }, '/home/me/.config/tctl/config.json'],
    [{}, '/home/me/.config/tctl/config.json'],
  ])('with %j', (env, expected) => {
    expect(settingsFile(env, '/home/me')).toBe(expected);
  });
});

describe('reading it', () => {
  it('finds nothing where there is none', () => {
    expect(readSettings(file)).toEqual({});
  });

  it('says where it can’t be read', () => {
    mkdirSync(file, { recursive: true });
    expect(() => readSettings(file)).toThrow(`${file}: it is no file`);
  });

  it('reads no device', () => {
    mkdirSync(dirname(file));
    symlinkSync('/dev/null', file);
    expect(() => readSettings(file)).toThrow(`${file}: it is no file`);
  });
});

describe('keeping settings', () => {
  it('makes the file and its directory', () => {
    writeSettings(file, { theme: 'light', sort: { column: 'cpu', descending: false } });
    expect(readFileSync(file, 'utf8')).toBe('{\n  "theme": "light",\n  "sort": "cpu:ascending"\n}\n');
    expect(readdirSync(dirname(file))).toEqual(['config.json']);
  });

  it('leaves what else is there, in its order', () => {
    put('{"keys":{"kill":["ctrl+k"]},"theme":"dark","mouse":false}');
    writeSettings(file, { theme: 'light' });
    expect(Object.entries(JSON.parse(readFileSync(file, 'utf8')))).toEqual([
      ['keys', { kill: ['ctrl+k'] }],
      ['theme', 'light'],
      ['mouse', false],
    ]);
  });

  it('writes through a link, which stays one', () => {
    const elsewhere = join(directory, 'dotfiles.json');
    writeFileSync(elsewhere, '{}');
    mkdirSync(dirname(file));
    symlinkSync(elsewhere, file);
    writeSettings(file, { mouse: false });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).toEqual({ mouse: false });
    rmSync(elsewhere);
    writeSettings(file, { mouse: true });
    expect(lstatSync(file).isSymbolicLink()).toBe(true);
    expect(JSON.parse(readFileSync(elsewhere, 'utf8'))).toEqual({ mouse: true });
  });

  it('leaves its permissions as they are', () => {
    put('{}');
    chmodSync(file, 0o600);
    writeSettings(file, { mouse: false });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('does not write over what somebody has broken meanwhile', () => {
    put('{"theme": "dark", oh');
    expect(() => writeSettings(file, { mouse: false })).toThrow(/not JSON/);
    expect(readFileSync(file, 'utf8')).toBe('{"theme": "dark", oh');
  });
});
