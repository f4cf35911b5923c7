import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ColumnId, columnIds, columnSpec, defaultColumns } from '../../src/dashboard/model/columns.ts';
import { placeColumns } from '../../src/dashboard/model/place-columns.ts';

describe('columns', () => {
  it('never overlap and never stick out, whichever there are and however wide it is', () => {
    fc.assert(
      fc.property(fc.subarray([...columnIds]), fc.integer({ min: 58, max: 400 }), (ids, width) => {
        let end = 0;
        for (const { id, at, width: own } of placeColumns(ids, width)) {
          expect(at).toBeGreaterThanOrEqual(end);
          expect(own).toBeGreaterThanOrEqual(columnSpec(id).min);
          expect(own).toBeLessThanOrEqual(columnSpec(id).max);
          end = at + own;
        }
        expect(end).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('fit where the first is one that goes on where another ends', () => {
    const ids: ColumnId[] = ['memoryLimit', 'name', 'read', 'write'];
    for (let width = 20; width < 80; width += 1) {
      const last = placeColumns(ids, width).at(-1);
      expect((last?.at ?? 0) + (last?.width ?? 0)).toBeLessThanOrEqual(width);
    }
  });

  it('that matter most stay on the smallest screen', () => {
    const ids = placeColumns(defaultColumns, 58).map(({ id }) => id);
    for (const id of ['state', 'name', 'cpu', 'memory', 'memoryGraph', 'pids'] satisfies ColumnId[])
      expect(ids).toContain(id);
  });

  it('are all there on a wide one', () => {
    expect(placeColumns(defaultColumns, 240).map(({ id }) => id)).toEqual(defaultColumns);
  });

  it('use a wider screen: none is narrower there', () => {
    const [narrow, wide] = [120, 160].map(
      (width) => new Map(placeColumns(defaultColumns, width).map((each) => [each.id, each.width])),
    );
    for (const [id, width] of narrow ?? []) expect(wide?.get(id) ?? 0).toBeGreaterThanOrEqual(width);
  });
});
