import { describe, expect, it } from 'vitest';
import { checkMapped, ordinaryIdMaps, rootIdMaps, singleIdMaps } from '../../src/run/id-maps.ts';
import type { IdMapFacts } from '../../src/run/id-maps-facts.ts';
import { thrownBy } from '../cgroups/fake-facts.ts';

const passwd = 'root:x:0:0:root:/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n';

const facts = (files: Record<string, string>, changes: Partial<IdMapFacts> = {}): IdMapFacts => {
  const all: Record<string, string> = { '/etc/passwd': passwd, ...files };
  return { uid: 1000, gid: 1000, read: (path) => all[path], helpers: () => ({}), ...changes };
};
const ids = { '/etc/subuid': 'ann:100000:65536\n', '/etc/subgid': 'ann:200000:1000\n' };
const single = { uidMap: '0 1000 1', gidMap: '0 1000 1', denySetgroups: true, mapper: 'supervisor' };

describe('an ordinary user', () => {
  it('is root inside, and its ranges are the ids from 1 on', () => {
    expect(ordinaryIdMaps(facts(ids))).toEqual({
      uidMap: '0 1000 1\n1 100000 65536',
      gidMap: '0 1000 1\n1 200000 1000',
      denySetgroups: false,
      mapper: 'newuidmap',
      shiftMounts: false,
    });
  });

  it('can have several ranges, by name and by uid, and be in no passwd file', () => {
    const files = {
      '/etc/subuid': 'ann:5000:10\n1000:7000:20\n',
      '/etc/subgid': 'ann:5000:10\n1000:6000:1\n',
    };
    expect(ordinaryIdMaps(facts(files))).toMatchObject({
      uidMap: '0 1000 1\n1 5000 10\n11 7000 20',
      gidMap: '0 1000 1\n1 5000 10\n11 6000 1',
    });
    expect(ordinaryIdMaps(facts({ ...files, '/etc/passwd': '' }))).toMatchObject({
      uidMap: '0 1000 1\n1 7000 20',
    });
  });

  it.each([
    ['no ranges at all', facts({})],
    ['uids alone', facts({ '/etc/subuid': ids['/etc/subuid'] })],
    ['gids alone', facts({ '/etc/subgid': ids['/etc/subgid'] })],
    ['ranges of somebody else', facts({ '/etc/subuid': 'bob:1:1\n', '/etc/subgid': 'bob:1:1\n' })],
    ['a range with itself in it alone', facts({ ...ids, '/etc/subuid': 'ann:999:10\n' })],
    ['no newuidmap', facts(ids, { helpers: () => undefined })],
    ['another group than its own, which newuidmap refuses', facts(ids, { gid: 7 })],
    ['no_new_privs', facts({ ...ids, '/proc/self/status': 'Name:\tnode\nNoNewPrivs:\t1\nSeccomp:\t0\n' })],
  ])('is alone with %s', (_, some) => {
    expect(ordinaryIdMaps(some)).toMatchObject({ ...single, gidMap: `0 ${some.gid} 1` });
  });
});

describe('root', () => {
  const asRoot = { uid: 0, gid: 0, helpers: () => undefined };

  it.each([
    ['root', 'root:300000:65536\ncontainers:400000:65536\n', '0 300000 65536'],
    ['uid 0', '0:300000:65536\n', '0 300000 65536'],
    ['containers', 'dockremap:300000:65536\ncontainers:400000:65536\n', '0 400000 65536'],
    ['dockremap', 'ann:100000:65536\ndockremap:300000:65536\n', '0 300000 65536'],
    ['both ranges of root', 'root:300000:10\nroot:400000:10\n', '0 300000 10\n10 400000 10'],
  ])('gets the ids of %s', (_, text, map) => {
    const maps = rootIdMaps(facts({ '/etc/subuid': text, '/etc/subgid': text }, asRoot));
    expect(maps).toEqual({
      uidMap: map,
      gidMap: map,
      denySetgroups: false,
      mapper: 'supervisor',
      shiftMounts: true,
    });
  });

  it('gets 65536 ids from 100000 on where it has none', () => {
    expect(rootIdMaps(facts({}, asRoot))).toMatchObject({
      uidMap: '0 100000 65536',
      gidMap: '0 100000 65536',
    });
  });

  it.each([
    ['a user', { '/etc/passwd': `${passwd}big:x:100000:1::/:/bin/sh\n` }],
    ['a group', { '/etc/group': 'big:x:165535:\n' }],
    ['somebody’s uids', { '/etc/subuid': 'ann:100000:65536\n' }],
    ['somebody’s gids', { '/etc/subgid': 'ann:165535:1\n' }],
  ])('gets none that are %s already', (_, files) => {
    expect(rootIdMaps(facts(files, asRoot))).toMatchObject({
      uidMap: '0 165536 65536',
      gidMap: '0 165536 65536',
    });
  });
});

describe('a user that has no number outside', () => {
  const user = { uid: 33, gid: 33 };
  const refusal = (some: IdMapFacts, asked?: true | 'self') =>
    thrownBy(() => checkMapped(user, singleIdMaps(some), asked, some));

  it('is told which command gives it one', () => {
    expect(refusal(facts({}))).toMatchObject({
      code: 'SUBORDINATE_IDS_MISSING',
      message: 'set the user: 33:33 is not mapped: /etc/subuid and /etc/subgid lend no ids to ann',
      hint: 'As root: usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ann.',
    });
    expect(refusal(facts({ '/etc/subuid': 'bob:100000:65536\n' }), true).hint).toMatch(/ 165536-231071 /);
  });

  it('is told that newuidmap is missing', () => {
    expect(refusal(facts(ids, { helpers: () => undefined }))).toMatchObject({
      code: 'SUBORDINATE_IDS_MISSING',
      hint: expect.stringMatching(/apt install uidmap/),
    });
  });

  it('is told of the map where that was asked for', () => {
    expect(refusal(facts({}), 'self')).toMatchObject({ code: 'INVALID_OPTION' });
    expect(refusal(facts({}, { uid: 0, gid: 0 }), true)).toMatchObject({ code: 'INVALID_OPTION' });
  });

  it('is told of the map where the ranges are too small', () => {
    const some = facts({ '/etc/subuid': 'ann:5000:10\n', '/etc/subgid': 'ann:5000:10\n' });
    const error = thrownBy(() => checkMapped(user, ordinaryIdMaps(some), true, some));
    expect(error).toMatchObject({ code: 'INVALID_OPTION', hint: expect.stringMatching(/1 5000 10/) });
  });

  it('may be anybody where there is no user namespace', () => {
    expect(() => checkMapped(user, undefined, undefined, facts({}))).not.toThrow();
  });
});
