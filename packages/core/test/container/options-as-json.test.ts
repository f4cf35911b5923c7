import { expect, it } from 'vitest';
import { absoluteOptions } from '../../src/container/absolute-options.ts';
import type { ContainerOptions } from '../../src/container/options.ts';

/** What a caller without types may give. */
const given = (options: object) => () =>
  absoluteOptions({ rootfs: '/', command: ['true'], ...options } as ContainerOptions);

it.each([
  ['user', { user: Number.NaN }],
  ['umask', { umask: Number.NaN }],
  ['memory', { limits: { memory: Number.POSITIVE_INFINITY } }],
  ['memory', { limits: { memory: 64n } }],
  ['maxBytes', { logs: { maxBytes: Number.NaN } }],
])('a number that JSON has no word for is refused, not the default taken: %s', (name, options) => {
  expect(given(options)).toThrow(
    expect.objectContaining({ code: 'INVALID_OPTION', message: expect.stringContaining(name) }),
  );
});

it('an undefined option is the default', () => {
  expect(given({ user: undefined })()).toEqual({ rootfs: '/', command: ['true'] });
});
