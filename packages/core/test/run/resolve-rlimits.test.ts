import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRlimit, resolveRlimits } from '../../src/run/resolve-rlimits.ts';

const refused = expect.objectContaining({ code: 'INVALID_OPTION' });

describe('limits of processes', () => {
  it('have the kernel’s numbers, and one value for both where one is given', () => {
    expect(resolveRlimits({ cpu: 5, nofile: { soft: 100, hard: 'max' }, rttime: 'max' })).toEqual([
      { name: 'cpu', resource: 0, soft: 5, hard: 5 },
      { name: 'nofile', resource: 7, soft: 100, hard: 'max' },
      { name: 'rttime', resource: 15, soft: 'max', hard: 'max' },
    ]);
  });

  it.each([
    [{ files: 5 }],
    [{ nofile: -1 }],
    [{ nofile: 1.5 }],
    [{ nofile: '5' }],
    [{ nofile: null }],
    [{ nofile: { soft: 5 } }],
    [{ nofile: { soft: 6, hard: 5 } }],
    [{ nofile: { soft: 'max', hard: 5 } }],
  ])('are refused as %j', (limits) => {
    expect(() => resolveRlimits(limits as never)).toThrow(refused);
  });

  it('are read as Docker writes them', () => {
    expect(parseRlimit('nofile=10:20')).toEqual({ name: 'nofile', limit: { soft: 10, hard: 20 } });
    expect(parseRlimit('core=0')).toEqual({ name: 'core', limit: { soft: 0, hard: 0 } });
    expect(parseRlimit('stack=8:-1').limit).toEqual({ soft: 8, hard: 'max' });
    expect(parseRlimit('nproc=unlimited').limit).toEqual({ soft: 'max', hard: 'max' });
  });

  it('of any other text are refused', () => {
    for (const text of [
      '',
      'nofile',
      'nofile=',
      'nofile=1:',
      'nofile=1:2:3',
      'x=1',
      'nofile=2:1',
      'nofile=a',
    ])
      expect(() => parseRlimit(text)).toThrow(refused);
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          parseRlimit(text);
        } catch (error) {
          expect(error).toEqual(refused);
        }
      }),
      { numRuns: 10_000 },
    );
  });
});
