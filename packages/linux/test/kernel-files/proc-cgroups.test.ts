import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ParseError } from '../../src/errors.ts';
import { type ProcCgroup, parseProcCgroups } from '../../src/kernel-files/proc-cgroups.ts';
import { captured, fixture } from '../fixtures.ts';
import { expectOnlyParseErrors } from '../hostile-text.ts';

const HEADER = '#subsys_name\thierarchy\tnum_cgroups\tenabled\n';

const format = (list: ProcCgroup[]) =>
  HEADER + list.map((c) => `${c.name}\t${c.hierarchy}\t${c.numCgroups}\t${c.enabled ? 1 : 0}\n`).join('');

const controller: fc.Arbitrary<ProcCgroup> = fc.record({
  name: fc.stringMatching(/^[a-z_]{1,12}$/),
  hierarchy: fc.nat(),
  numCgroups: fc.nat(),
  enabled: fc.boolean(),
});

describe('parseProcCgroups', () => {
  test('tells a disabled controller from one that is mounted nowhere', () => {
    expect(parseProcCgroups(`${HEADER}memory\t0\t1\t0\npids\t0\t1\t1\n`)).toEqual([
      { name: 'memory', hierarchy: 0, numCgroups: 1, enabled: false },
      { name: 'pids', hierarchy: 0, numCgroups: 1, enabled: true },
    ]);
  });

  test('ignores columns that a later kernel adds', () => {
    const text = '#subsys_name\thierarchy\tnum_cgroups\tenabled\tcolour\ncpu\t1\t2\t1\tred\n';
    expect(parseProcCgroups(text)).toEqual([{ name: 'cpu', hierarchy: 1, numCgroups: 2, enabled: true }]);
  });

  test.each([
    ['no header', 'cpu\t1\t2\t1\n'],
    ['nothing at all', ''],
    ['columns in another order', '#subsys_name\tenabled\thierarchy\tnum_cgroups\n'],
    ['a short line', `${HEADER}cpu\t1\t2\n`],
    ['a line without a name', `${HEADER}\t1\t2\t1\n`],
    ['an enabled of 2', `${HEADER}cpu\t1\t2\t2\n`],
    ['a negative count', `${HEADER}cpu\t1\t-2\t1\n`],
  ])('refuses text with %s', (_, text) => {
    expect(() => parseProcCgroups(text)).toThrow(ParseError);
  });

  test('reads back every list that the kernel could print', () => {
    fc.assert(
      fc.property(fc.array(controller), (list) => {
        expect(parseProcCgroups(format(list))).toEqual(list);
      }),
    );
  });

  test('throws only ParseError on hostile text', () => {
    expectOnlyParseErrors(parseProcCgroups);
    expectOnlyParseErrors((text) => parseProcCgroups(HEADER + text));
  });

  test.each(captured(/^proc\/cgroups$/))('reads %s without loss', (_, text) => {
    expect(format(parseProcCgroups(text))).toBe(text);
  });

  test('finds cpu and cpuacct on one hierarchy of the captured v1 machine', () => {
    const list = parseProcCgroups(fixture('v1-6.1').read('proc/cgroups'));
    const hierarchyOf = (name: string) => list.find((each) => each.name === name)?.hierarchy;
    expect(hierarchyOf('cpu')).toBeGreaterThan(0);
    expect(hierarchyOf('cpu')).toBe(hierarchyOf('cpuacct'));
  });
});
