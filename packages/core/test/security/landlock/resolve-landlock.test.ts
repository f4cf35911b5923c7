import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveLandlock } from '../../../src/security/landlock/resolve-landlock.ts';

const rules = { read: ['/usr'], write: ['/tmp'], connect: [443], bind: [80] };

describe('Landlock rules', () => {
  it('handle all that the newest kernel knows of files and ports', () => {
    const { ruleset, warnings } = resolveLandlock(rules, false, () => 7);
    expect(ruleset).toMatchObject({ handledFs: 0xffff, handledNet: 3 });
    expect(ruleset?.paths).toEqual([
      { path: '/usr', directory: 0b1101, file: 0b101 },
      { path: '/tmp', directory: 0xffff, file: 0xc007 },
    ]);
    expect(ruleset?.ports).toEqual([
      { port: 443, allowed: 2 },
      { port: 80, allowed: 1 },
    ]);
    expect(warnings).toEqual([]);
  });

  it('handle only the kind that is asked for', () => {
    expect(resolveLandlock({ connect: [1] }, false, () => 7).ruleset).toMatchObject({
      handledFs: 0,
      handledNet: 2,
    });
    expect(resolveLandlock({ read: [] }, false, () => 7).ruleset).toMatchObject({
      handledFs: 0xffff,
      handledNet: 0,
    });
    expect(resolveLandlock(undefined, false, () => 0)).toEqual({ ruleset: undefined, warnings: [] });
  });

  it.each([
    [0, 'files'],
    [1, 'truncated'],
    [2, 'truncated'],
    [3, 'ports'],
  ])('are refused by ABI %i, or cut down with a warning', (abi, what) => {
    expect(() => resolveLandlock(rules, false, () => abi)).toThrow(new RegExp(what));
    const { ruleset, warnings } = resolveLandlock(rules, true, () => abi);
    expect(warnings.join()).toMatch(what);
    expect((ruleset?.handledFs ?? 0) >> ([0, 13, 14, 15][abi] ?? 0)).toBe(0);
    expect(ruleset?.handledNet ?? 0).toBe(0);
  });

  it.each([
    { read: ['usr'] },
    { write: ['/a\0'] },
    { bind: [65536] },
    { connect: [-1] },
    { connect: [1.5] },
    { bind: [Number.NaN] },
  ])('are refused where they are none: %j', (options) => {
    expect(() => resolveLandlock(options, true, () => 7)).toThrow(
      expect.objectContaining({ code: 'INVALID_OPTION' }),
    );
  });

  it('never allow what they do not handle, which the kernel would refuse', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 9 }),
        fc.record(
          { read: fc.constant(['/a']), write: fc.constant(['/b']), bind: fc.constant([1]) },
          { requiredKeys: [] },
        ),
        (abi, options) => {
          const { ruleset } = resolveLandlock(options, true, () => abi);
          for (const { directory, file } of ruleset?.paths ?? [])
            expect((directory | file) & ~(ruleset?.handledFs ?? 0)).toBe(0);
          for (const { allowed } of ruleset?.ports ?? [])
            expect(allowed & ~(ruleset?.handledNet ?? 0)).toBe(0);
        },
      ),
    );
  });
});
