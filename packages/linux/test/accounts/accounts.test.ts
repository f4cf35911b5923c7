import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { parseGroup, parsePasswd } from '../../src/accounts/account-files.ts';
import { findGroup, findUser } from '../../src/accounts/find-user.ts';
import { accountsOfLayers } from '../../src/accounts/read-account-files.ts';
import { TcError } from '../../src/errors.ts';

const passwd = `root:x:0:0:root:/root:/bin/sh
app:x:1000:100::/home/app:/bin/sh
1234:x:42:43::/odd:/bin/sh
huge:x:4294967296:0::/:/bin/sh
negative:x:-1:0::/:/bin/sh
spaces: x: 5:5::/:/bin/sh
short:x:1
# a comment
`;
const group =
  'root:x:0:\nstaff:x:50:app,other\nusers:x:100:\nbig:x:2147483648:app\nmore:x:60:other,app\nagain:x:60:app\n';

describe('a user', () => {
  const find = (user: string) => findUser(user, { passwd: () => passwd, group: () => group });

  it.each([
    ['app', 1000, 100, [50, 60], '/home/app'],
    ['1000', 1000, 100, [50, 60], '/home/app'],
    ['app:staff', 1000, 50, [], '/home/app'],
    ['app:7', 1000, 7, [], '/home/app'],
    ['77', 77, 0, [], undefined],
    ['77:88', 77, 88, [], undefined],
    ['77:users', 77, 100, [], undefined],
    ['1234', 42, 43, [], '/odd'], // a name before a number
    ['0', 0, 0, [], '/root'],
    [':staff', 0, 50, [], '/root'],
    ['app:', 1000, 100, [50, 60], '/home/app'],
  ])('is found as Docker finds it: %s', (user, uid, gid, groups, home) => {
    expect(find(user)).toEqual({ uid, gid, groups, home });
  });

  it.each([
    'nobody-there',
    'app:none',
    'huge',
    'negative',
    '4294967296',
    '2147483648',
    '-1',
    '0x10',
    '1000 ',
    '01',
    'app:big',
    'app:2147483648',
    'app:0:0',
  ])('is refused where it is none: %s', (user) => {
    expect(() => find(user)).toThrow(expect.objectContaining({ code: 'USER_NOT_FOUND' }));
  });
});

describe('account files of an image', () => {
  it('are read line by line, and what is no line is left out', () => {
    expect(parsePasswd(passwd).map(({ name }) => name)).toEqual(['root', 'app', '1234']);
    expect(parseGroup(group)).toEqual([
      { name: 'root', gid: 0, members: [] },
      { name: 'staff', gid: 50, members: ['app', 'other'] },
      { name: 'users', gid: 100, members: [] },
      { name: 'more', gid: 60, members: ['other', 'app'] },
      { name: 'again', gid: 60, members: ['app'] },
    ]);
  });
});

describe('a group', () => {
  const find = (name: string) => findGroup(name, { passwd: () => passwd, group: () => group });

  it('is found by name or number', () => {
    expect([find('staff'), find('60'), find('7')]).toEqual([50, 60, 7]);
  });

  it.each(['none', 'big', '2147483648', '-1', '', '7:8', '\u009b2J'])(
    'is refused where it is none: %j',
    (name) => {
      expect(() => find(name)).toThrow(expect.objectContaining({ code: 'USER_NOT_FOUND' }));
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
      expect(() => find(name)).not.toThrow(/[\u0000-\u001f\u007f-\u009f]/);
    },
  );
});

describe('hostile account files', () => {
  const pieces = [
    'root',
    'x',
    '0',
    '1000',
    '2147483647',
    '2147483648',
    '4294967296',
    '-1',
    '+1',
    '0x0',
    ' 0',
    '\u0660',
  ];
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc
      .array(fc.constantFrom(...pieces, ':', ':', ':', ',', '\n', '\0', '/home', '__proto__'), {
        maxLength: 40,
      })
      .map((all) => all.join('')),
  );
  const isId = (id: number) => Number.isInteger(id) && id >= 0 && id <= 0x7fffffff;

  it('give an id of 31 bits or an error, whatever they say and whoever is asked for', () => {
    fc.assert(
      fc.property(text, text, fc.oneof(text, fc.constantFrom(...pieces)), (users, groups, user) => {
        const files = { passwd: () => users, group: () => groups };
        for (const find of [
          () => findUser(user, files),
          () => ({ uid: 0, groups: [], gid: findGroup(user, files) }),
        ]) {
          try {
            const found = find();
            expect([found.uid, found.gid, ...found.groups].every(isId)).toBe(true);
          } catch (error) {
            if (!(error instanceof TcError)) throw error;
            expect(error.code).toBe('USER_NOT_FOUND');
          }
        }
      }),
      { numRuns: 10_000 },
    );
  });
});

describe('account files of layers', () => {
  const scratch = mkdtempSync(join(tmpdir(), 'accounts-'));
  afterAll(() => rmSync(scratch, { recursive: true }));
  const layer = (name: string, files: Record<string, string>): string => {
    const path = join(scratch, name);
    mkdirSync(join(path, 'etc'), { recursive: true });
    for (const [file, content] of Object.entries(files)) writeFileSync(join(path, 'etc', file), content);
    return path;
  };

  it('are each of the topmost layer that has it', () => {
    const lower = layer('lower', { passwd: 'a', group: 'b' });
    const files = accountsOfLayers([layer('upper', { passwd: 'c' }), lower]);
    expect([files.passwd(), files.group()]).toEqual(['c', 'b']);
  });

  it('are those of the layer, wherever its links lead', () => {
    const path = layer('links', { real: 'inside' });
    symlinkSync('/etc/real', join(path, 'etc/passwd'));
    symlinkSync('../../../../../../etc/group', join(path, 'etc/group'));
    const files = accountsOfLayers([path]);
    expect([files.passwd(), files.group()]).toEqual(['inside', '']);
  });

  it('are empty where they are a FIFO, a directory, or greater than 8 MiB', () => {
    const path = layer('odd', { group: 'x'.repeat(8 * 2 ** 20 + 1) });
    execFileSync('mkfifo', [join(path, 'etc/passwd')]);
    const files = accountsOfLayers([path]);
    expect([files.passwd(), files.group()]).toEqual(['', '']);
    mkdirSync(join(layer('directory', {}), 'etc/passwd'));
    expect(accountsOfLayers([join(scratch, 'directory')]).passwd()).toBe('');
  });
});
