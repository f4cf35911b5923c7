import { type Detail, type State, zooms } from '../../model/state.ts';
import type { Store } from '../../store/store.ts';
import type { Theme } from '../../theme/theme.ts';
import { panelLines } from './panel-lines.ts';
import { panels, placePanels } from './panels.ts';

/** The graphs of a container: one or two columns of them. */
export function graphsLines(
  detail: Detail,
  state: State,
  store: Store,
  theme: Theme,
  height: number,
): readonly string[] {
  const { size, zoom, cursor, update } = state;
  const placed = placePanels(size.columns, height);
  const hasTwo = placed.some(({ column }) => column === 1);
  const widths = hasTwo ? [Math.floor(size.columns / 2), Math.ceil(size.columns / 2)] : [size.columns];
  const spanMs = (zooms[zoom] ?? zooms[1]).seconds * 1000;
  const cellMs = spanMs / ((widths[0] ?? size.columns) - 9);
  // On a grid: the graph moves by whole steps, and what is drawn does not flicker in between.
  const now = update?.frame.time.getTime() ?? Date.now();
  const to = new Date(Math.ceil(now / (cellMs / 2)) * (cellMs / 2));
  const context = {
    detail,
    history: store.history,
    marks: store.marks,
    theme,
    from: new Date(to.getTime() - spanMs),
    to,
    cursor: cursor === undefined ? undefined : new Date(to.getTime() - (cursor + 0.5) * cellMs),
  };
  const columns = [0, 1].map((column) =>
    placed
      .filter((each) => each.column === column)
      .flatMap(({ name, height: own }) => panelLines(panels[name], widths[column] ?? 0, own, context)),
  );
  return Array.from({ length: height }, (_, row) => columns.map((lines) => lines[row] ?? '').join(''));
}
