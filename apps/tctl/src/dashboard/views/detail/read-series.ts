import { thinnedTo } from '../../store/thin.ts';
import type { PanelContext } from './panel-lines.ts';
import type { PanelSpec } from './panels.ts';

export interface ReadSeries {
  /** What is drawn; NaN where nothing is known. */
  readonly values: readonly number[];
  /** Each series by itself. */
  readonly parts: readonly (readonly number[])[];
}

/** Of each stretch of time its highest value: a peak is what one looks for, however long the stretch. */
export function readSeries(spec: PanelSpec, points: number, context: PanelContext): ReadSeries {
  const { detail, history, from, to } = context;
  const { path } = detail;
  const bridged = Math.ceil((thinnedTo * 1000 * points) / (to.getTime() - from.getTime()));
  const parts = spec.series.map((name) => {
    if (path === undefined) return new Array<number>(points).fill(Number.NaN);
    const read = history.series(path, name, { from, to, points });
    return bridge(
      read.map(({ max }) => (max ?? Number.NaN) * spec.scale),
      bridged,
    );
  });
  const values = Array.from({ length: points }, (_, index) => {
    const known = parts.map((part) => part[index] ?? Number.NaN).filter((value) => !Number.isNaN(value));
    if (known.length === 0) return Number.NaN;
    return spec.combine === 'sum' ? known.reduce((sum, value) => sum + value, 0) : Math.max(...known);
  });
  return { values, parts };
}

/** Where a sample is kept of every fifth frame only, what is in between is as before. A longer gap is a gap. */
function bridge(values: readonly number[], most: number): readonly number[] {
  let [last, age] = [Number.NaN, 0];
  return values.map((value) => {
    if (Number.isNaN(value)) age += 1;
    else [last, age] = [value, 0];
    return age <= most ? last : Number.NaN;
  });
}
