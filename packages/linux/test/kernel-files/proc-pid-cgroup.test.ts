import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { type CgroupMembership, parseProcPidCgroup } from '../../src/kernel-files/proc-pid-cgroup.ts';
import { captured, fixture } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const format = (list: CgroupMembership[]) =>
  list
    .map(({ hierarchy, controllers, name, path }) => {
      const items = name === undefined ? controllers : [...controllers, `name=${name}`];
      return `${hierarchy}:${items.join(',')}:${path}\n`;
    })
    .join('');

const word = fc.stringMatching(/^[a-z_]{1,10}$/);
const membership: fc.Arbitrary<CgroupMembership> = fc.record(
  {
    hierarchy: fc.nat(),
    controllers: fc.array(word),
    name: fc.stringMatching(/^[a-zA-Z0-9._-]{1,10}$/),
    // A cgroup's name may hold anything but a slash and a newline.
    path: fc.string({ unit: fc.constantFrom(...'ab:, =\\/.é') }).map((rest) => `/${rest}`),
  },
  { requiredKeys: ['hierarchy', 'controllers', 'path'] },
);

describe('parseProcPidCgroup', () => {
  test('reads v1, co-mounted, named and v2 hierarchies', () => {
    expect(parseProcPidCgroup('8:name=systemd:/\n3:memory:/a\n1:cpu,cpuacct:/a/b\n0::/user.slice\n')).toEqual(
      [
        { hierarchy: 8, controllers: [], name: 'systemd', path: '/' },
        { hierarchy: 3, controllers: ['memory'], path: '/a' },
        { hierarchy: 1, controllers: ['cpu', 'cpuacct'], path: '/a/b' },
        { hierarchy: 0, controllers: [], path: '/user.slice' },
      ],
    );
  });

  test('keeps colons in the path and a path that leaves the cgroup namespace', () => {
    expect(parseProcPidCgroup('0::/../a:b\n')[0]?.path).toBe('/../a:b');
  });

  test.each([
    ['no path', '0::\n'],
    ['a relative path', '0::a\n'],
    ['one colon', '0:/\n'],
    ['a hierarchy in words', 'x::/\n'],
    ['an empty controller', '1:cpu,:/\n'],
    ['an empty line', '0::/\n\n1:cpu:/\n'],
  ])('refuses a line with %s', (_, text) => {
    expect(() => parseProcPidCgroup(text)).toThrow(ParseError);
  });

  test('reads back every list that the kernel could print', () => {
    fc.assert(
      fc.property(fc.array(membership), (list) => {
        expect(parseProcPidCgroup(format(list))).toEqual(list);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseProcPidCgroup));

  test.each(captured(/(self|member)\/cgroup$/))('reads %s without loss', (_, text) => {
    expect(format(parseProcPidCgroup(text))).toBe(text);
  });

  test.each(['v2-6.1', 'hybrid-6.1', 'hybrid-6.18'])(
    'finds the captured process in cgroup2 on %s',
    (name) => {
      const unified = parseProcPidCgroup(fixture(name).read('proc/member/cgroup')).at(-1);
      expect(unified).toEqual({
        hierarchy: 0,
        controllers: [],
        path: expect.stringMatching(/^\/tctl-fixture-\d+$/),
      });
    },
  );
});
