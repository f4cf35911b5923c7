import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { type Mount, parseMountinfo } from '../../src/kernel-files/mountinfo.ts';
import { captured, fixture, fixtures } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

// As fs/proc_namespace.c prints it; a comma inside an option is escaped by seq_show_option().
const escapeOctal = (text: string, set: RegExp) =>
  text.replace(set, (char) => `\\${char.charCodeAt(0).toString(8).padStart(3, '0')}`);
const escapeField = (text: string) => escapeOctal(text, /[ \t\n\\#]/g);
const escapeList = (options: string[]) =>
  options.map((option) => escapeOctal(option, /[ \t\n\\#,]/g)).join(',');

function formatMountinfo(mounts: Mount[]): string {
  return mounts
    .map((mount) => {
      const { mountId, parentId, device, root, mountPoint, options, optionalFields } = mount;
      const head = [
        mountId,
        parentId,
        `${device.major}:${device.minor}`,
        escapeField(root),
        escapeField(mountPoint),
      ];
      const tail = [escapeField(mount.fsType), escapeField(mount.source), escapeList(mount.superOptions)];
      return `${[...head, escapeList(options), ...optionalFields, '-', ...tail].join(' ')}\n`;
    })
    .join('');
}

const LINE = '36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n';
const parseOne = (line: string) => parseMountinfo(line)[0];

const text = fc.string({ unit: fc.constantFrom(...' \t\n\\#,:-ab0é/'), maxLength: 12 });
const nonEmpty = fc.string({ unit: fc.constantFrom(...' \t\n\\#,:-ab0é/'), minLength: 1, maxLength: 12 });
const path = text.map((rest) => `/${rest}`);
const options = fc.array(nonEmpty, { minLength: 1, maxLength: 4 });
const mount: fc.Arbitrary<Mount> = fc.record({
  mountId: fc.nat(),
  parentId: fc.nat(),
  device: fc.record({ major: fc.nat(4095), minor: fc.nat(1_048_575) }),
  root: nonEmpty,
  mountPoint: path,
  options,
  optionalFields: fc.array(
    fc.constantFrom('shared:1', 'master:22', 'propagate_from:3', 'unbindable', 'new:9'),
  ),
  fsType: nonEmpty,
  source: text,
  superOptions: options,
});

describe('parseMountinfo', () => {
  test("reads the manual page's example", () => {
    expect(parseMountinfo(LINE)).toEqual([
      {
        mountId: 36,
        parentId: 35,
        device: { major: 98, minor: 0 },
        root: '/mnt1',
        mountPoint: '/mnt2',
        options: ['rw', 'noatime'],
        optionalFields: ['master:1'],
        fsType: 'ext3',
        source: '/dev/root',
        superOptions: ['rw', 'errors=continue'],
      },
    ]);
  });

  test('decodes what Linux 6.18 writes for a path with a space, a # and a backslash', () => {
    const line = '64 63 0:40 / /m/a\\040b#c\\134d rw,relatime - tmpfs x\\040y\\043z,= rw\n';
    expect(parseOne(line)).toMatchObject({ mountPoint: '/m/a b#c\\d', source: 'x y#z,=' });
  });

  test('reads an empty source, which the kernel leaves between two spaces', () => {
    expect(parseOne('63 43 0:39 / /m rw,relatime - tmpfs  rw,size=4k\n')).toMatchObject({
      source: '',
      superOptions: ['rw', 'size=4k'],
    });
  });

  test('decodes an option after splitting at commas, so that an escaped comma stays inside it', () => {
    expect(parseOne('1 0 0:1 / / rw - overlay o rw,lowerdir=/a\\054b')?.superOptions).toEqual([
      'rw',
      'lowerdir=/a,b',
    ]);
  });

  test('reads any number of optional fields, also unknown ones', () => {
    const fields = (list: string) => parseOne(`1 0 0:1 / / rw ${list}- tmpfs t rw`)?.optionalFields;
    expect(fields('')).toEqual([]);
    expect(fields('shared:5 master:4 propagate_from:2 frozen:7 ')).toHaveLength(4);
  });

  test('is not misled by a mount point or a source that is a hyphen', () => {
    expect(parseOne('1 0 0:1 - /- rw - tmpfs - rw')).toMatchObject({
      root: '-',
      mountPoint: '/-',
      source: '-',
    });
  });

  test('ignores fields after the superblock options', () => {
    expect(parseOne('1 0 0:1 / / rw - 9p drvfs rw,path=C:\\Program Files x')?.superOptions).toEqual([
      'rw',
      'path=C:\\Program',
    ]);
  });

  test.each([
    ['no separator', '1 0 0:1 / / rw tmpfs t rw'],
    ['nothing after the separator', '1 0 0:1 / / rw -'],
    ['no superblock options', '1 0 0:1 / / rw - tmpfs t'],
    ['a mount id in words', 'one 0 0:1 / / rw - tmpfs t rw'],
    ['a negative parent', '1 -1 0:1 / / rw - tmpfs t rw'],
    ['a device without minor', '1 0 0 / / rw - tmpfs t rw'],
    ['a device of three numbers', '1 0 0:1:2 / / rw - tmpfs t rw'],
    ['a relative mount point', '1 0 0:1 / mnt rw - tmpfs t rw'],
    ['an empty line', `${LINE}\n${LINE}`],
  ])('refuses a line with %s', (_, line) => {
    expect(() => parseMountinfo(line)).toThrow(ParseError);
  });

  test('reads back every mount that the kernel could print', () => {
    fc.assert(
      fc.property(fc.array(mount), (mounts) => {
        expect(parseMountinfo(formatMountinfo(mounts))).toEqual(mounts);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => expectOnlyParseErrors(parseMountinfo));

  test.each(captured(/mountinfo$/))('reads %s without loss', (_, captured) => {
    expect(formatMountinfo(parseMountinfo(captured))).toBe(captured);
  });

  test('finds the memory hierarchy of a captured machine', () => {
    const mounts = parseMountinfo(fixture('hybrid-6.18').read('proc/self/mountinfo'));
    expect(mounts.find(({ mountPoint }) => mountPoint === '/sys/fs/cgroup/memory')).toEqual({
      mountId: expect.any(Number),
      parentId: mounts.find(({ mountPoint }) => mountPoint === '/sys/fs/cgroup')?.mountId,
      device: { major: 0, minor: expect.any(Number) },
      root: '/',
      mountPoint: '/sys/fs/cgroup/memory',
      options: ['rw', 'relatime'],
      optionalFields: [],
      fsType: 'cgroup',
      source: 'cgroup',
      superOptions: ['rw', 'memory'],
    });
  });

  test.each(fixtures)('$name was scrubbed of mount points that tell whose machine it was', ({ read }) => {
    for (const { mountPoint } of parseMountinfo(read('proc/self/mountinfo'))) {
      expect(mountPoint).toMatch(/^\/((proc|sys|dev)(\/[\w.,-]+)*|run|tmp|mnt\/extra-\d+)?$/);
    }
  });
});
