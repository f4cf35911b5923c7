import { Text } from 'ink';
import { type ColumnId, columnIds, columnSpec, defaultColumns } from '../model/columns.ts';
import { fit } from '../text/fit.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { saveSettings } from './SettingsDialog.tsx';
import { useImmediateState } from './use-immediate-state.ts';
import { useInputLayer } from './use-input-layer.ts';

/** Which columns the table has, in their fixed order. Changes show at once behind it. */
export function ColumnsDialog() {
  const { controller, store } = useServices();
  const columns = useSelected((state) => state.columns);
  const size = useSelected((state) => state.size);
  const { pens, unicode } = useTheme();
  const [at, setAt] = useImmediateState(() => 0);
  const room = Math.max(3, size.rows - 7);
  const top = Math.max(0, Math.min(at - Math.floor(room / 2), columnIds.length - room));
  const choose = (chosen: readonly ColumnId[]) => store.dispatch({ kind: 'columns', columns: chosen });
  const toggle = (id: ColumnId) => {
    const has = columns.includes(id);
    if (has && id === 'name') return; // rows have to be told apart
    choose(columnIds.filter((each) => (each === id ? !has : columns.includes(each))));
  };
  /** The first line is empty. */
  const click = (row: number) => {
    const id = row < 1 || row > room ? undefined : columnIds[top + row - 1];
    if (id === undefined) return;
    setAt(top + row - 1);
    toggle(id);
  };
  useInputLayer((event) => {
    if (event.kind === 'mouse' && event.action === 'wheelUp') setAt(Math.max(0, at - 1));
    if (event.kind === 'mouse' && event.action === 'wheelDown') setAt(Math.min(columnIds.length - 1, at + 1));
    if (event.kind !== 'key') return event.kind !== 'mouse' || event.action !== 'press';
    const id = columnIds[at];
    if (event.name === 'up' || event.name === 'k') setAt(Math.max(0, at - 1));
    else if (event.name === 'down' || event.name === 'j') setAt(Math.min(columnIds.length - 1, at + 1));
    else if (event.name === 'space' && id !== undefined) toggle(id);
    else if (event.name === 'd') choose(defaultColumns);
    else if (event.name === 'W') saveSettings(controller);
    else controller.closeDialog();
    return true;
  });
  const lines = columnIds.slice(top, top + room).map((id, index) => {
    const { title, about } = columnSpec(id);
    const check = columns.includes(id) ? pens.ok(unicode ? '✓' : 'x') : ' ';
    const line = `${check} ${fit(title, 9)} ${fit(about, 40)}`;
    return top + index === at ? pens.selected(line) : line;
  });
  return (
    <Frame
      title="Columns"
      width={52}
      footer="Space shows or hides   d default   W keeps   Esc"
      onClick={({ row }) => click(row)}
    >
      <Text wrap="truncate">{['', ...lines].join('\n')}</Text>
    </Frame>
  );
}
