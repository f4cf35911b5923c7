import type { CommandName } from '../keys/key-map.ts';
import { layoutMain } from '../model/layout.ts';
import type { State } from '../model/state.ts';
import type { MouseEvent } from '../terminal/events.ts';
import { tabPlaces } from '../views/detail/title-lines.ts';
import { footerKeys } from '../views/footer-lines.ts';
import { columnAt } from '../views/table-lines.ts';
import { contextsOf } from './contexts.ts';
import type { Controller } from './controller.ts';

/** How many lines the wheel moves by. */
const wheelStep = 3;

/** What the mouse does where no dialog is open. */
export function click(controller: Controller, state: State, { action, row, column }: MouseEvent): void {
  const { store } = controller;
  const { headerRows, bodyRows } = layoutMain(state.size);
  if (action === 'wheelUp') store.dispatch({ kind: 'scroll', by: -wheelStep });
  else if (action === 'wheelDown') store.dispatch({ kind: 'scroll', by: wheelStep });
  else if (action !== 'press') return;
  else if (row === state.size.rows - 1) clickKey(controller, state, column);
  else if (state.view !== 'main') clickTitle(controller, row, column);
  else if (row === headerRows) {
    const clicked = columnAt(state, column);
    if (clicked !== undefined) store.dispatch({ kind: 'sortBy', column: clicked });
  } else if (row > headerRows && row <= headerRows + bodyRows)
    clickItem(controller, state, state.top + row - headerRows - 1);
}

/** Of the detail view: the arrow back before its name, and its pages. */
function clickTitle(controller: Controller, row: number, column: number): void {
  if (row === 0 && column < 3) controller.run('back');
  const page = tabPlaces().findIndex(({ at, width }) => column >= at && column < at + width);
  if (row === 1 && page !== -1) controller.run(`tab${page + 1}` as CommandName);
}

function clickKey(controller: Controller, state: State, column: number): void {
  const { bindings, source, isReadOnly } = controller;
  const keys = footerKeys(state, bindings, contextsOf(state, source), isReadOnly);
  const key = keys.find(({ at, width }) => column >= at && column < at + width);
  if (key !== undefined) controller.run(key.command);
}

/** A second click on it opens it. */
function clickItem(controller: Controller, { items, selectedIndex }: State, index: number): void {
  if (index >= items.length) return;
  if (index === selectedIndex) controller.run('open');
  else controller.store.dispatch({ kind: 'select', index });
}
