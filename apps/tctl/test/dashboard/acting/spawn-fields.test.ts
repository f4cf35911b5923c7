import { describe, expect, it } from 'vitest';
import {
  draftFrom,
  freeName,
  requestFrom,
  spawnFields,
  valuesFrom,
} from '../../../src/dashboard/dialogs/spawn-fields.ts';
import type { Values } from '../../../src/dashboard/form/form.ts';

const fields = spawnFields({
  images: () => ['host', 'alpine:3.20', 'debian:latest'],
  names: () => ['web', 'db'],
});

function field(name: string) {
  const found = fields.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no field ${name}`);
  return found;
}

const check = (name: string, value: string, values: Values = {}) => field(name).check?.(value, values)?.text;

describe('a field of the spawn dialog', () => {
  it.each([
    ['image', ''],
    ['image', '/no/such/directory'],
    ['image', 'UPPER'],
    ['image', 'a b'],
    ['name', 'a b'],
    ['name', '-x'],
    ['name', 'x'.repeat(64)],
    ['name', 'web'],
    ['memory', '64x'],
    ['memory', '-1'],
    ['memory', '1k'],
    ['pids', '0.5'],
    ['pids', 'many'],
    ['cpus', 'abc'],
    ['cpus', '0'],
    ['mounts', '/tmp'],
    ['mounts', '/no/such:/x'],
    ['mounts', '/tmp:relative'],
    ['mounts', '/tmp:/a:wo'],
    ['mounts', '/tmp:/a "'],
    ['env', '=x'],
    ['network', 'bridge'],
    ['network', 'container:nobody'],
  ])('%s refuses %j', (name, value) => {
    expect(check(name, value)).toEqual(expect.any(String));
  });

  it.each([
    ['image', 'host'],
    ['image', 'alpine'],
    ['image', 'ghcr.io/a/b@sha256:'.padEnd(83, 'a')],
    ['image', '/tmp'],
    ['name', ''],
    ['name', 'web-2'],
    ['memory', ''],
    ['memory', '64m'],
    ['memory', ' 1.5g '],
    ['pids', '20'],
    ['cpus', '0.5'],
    ['mounts', ''],
    ['mounts', '/tmp:/a:ro data:/data'],
    ['env', 'A=1 "B=x y" HOME'],
    ['network', 'none'],
    ['network', 'host'],
    ['network', 'container:db'],
  ])('%s takes %j', (name, value) => {
    expect(check(name, value)).toBeUndefined();
  });

  it('says what tctl run says of a value', () => {
    expect(field('name').check?.('a b', {})).toEqual({
      text: '"a b" is not a name',
      hint: expect.stringMatching(/^Use up to 63/),
    });
  });

  it('for the command needs one, but where an image may bring its own', () => {
    expect(check('command', '', { image: 'host' })).toBe('what is to run in it?');
    expect(check('command', '', { image: '/tmp' })).toBe('what is to run in it?');
    expect(check('command', '', { image: 'alpine' })).toBeUndefined();
    expect(check('command', "sh -c 'x")).toMatch(/no end/);
  });

  it('for the command warns of what only a shell would understand', () => {
    const note = (value: string) => field('command').note?.(value, {});
    expect(note('echo a | wc')).toMatch(/No shell reads this: \|/);
    expect(note('echo $HOME')).toMatch(/\$H/);
    expect(note("sh -c 'echo a | wc'")).toBeUndefined();
    expect(note('echo a-b')).toBeUndefined();
  });

  it('for the image says which will be pulled', () => {
    const note = (value: string) => field('image').note?.(value, {});
    expect(note('ubuntu')).toMatch(/pulled/);
    expect(note('debian')).toBeUndefined();
    expect(note('alpine:3.20')).toBeUndefined();
    expect(note('/tmp')).toBeUndefined();
  });
});

describe('what the fields ask for', () => {
  it('is a request, with a directory where it looks like one', () => {
    const values = {
      image: ' /srv/r ',
      command: "sh -c 'a b'",
      mounts: '/a:/b v:/c',
      env: 'A="x y"',
      terminal: 'yes',
    };
    expect(requestFrom(values)).toMatchObject({
      image: '',
      rootfs: '/srv/r',
      command: ['sh', '-c', 'a b'],
      mounts: ['/a:/b', 'v:/c'],
      env: ['A=x y'],
      tty: true,
    });
  });

  it('comes back into the fields as it was', () => {
    const request = requestFrom({
      image: 'alpine',
      command: `sh -c 'it'\\''s "x"'`,
      name: 'one',
      memory: '64m',
      mounts: '/a:/b',
      env: "'A=x y'",
      network: 'container:db',
      terminal: 'yes',
    });
    expect(requestFrom(valuesFrom(request, []))).toEqual(request);
  });

  it('has a name that is free', () => {
    expect(freeName('web', [])).toBe('web');
    expect(freeName('web', ['web'])).toBe('web-2');
    expect(freeName('web-2', ['web', 'web-2', 'web-3'])).toBe('web-4');
    expect(freeName('', ['', 'x'])).toBe('');
  });

  it('can be shown while something in it is wrong', () => {
    expect(draftFrom({ image: 'host', command: "sh '", env: 'A=1' })).toMatchObject({
      command: [],
      env: ['A=1'],
    });
  });
});
