import { Text } from 'ink';
import { fit } from '../text/fit.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { helpGroups } from './help-lines.ts';
import { useImmediateState } from './use-immediate-state.ts';
import { useInputLayer } from './use-input-layer.ts';

const keysWidth = 15;

/** All keys, from the key map; in two columns where there is room. */
export function HelpDialog() {
  const { controller } = useServices();
  const size = useSelected((state) => state.size);
  const { pens } = useTheme();
  const [top, setTop] = useImmediateState(() => 0);
  const { isReadOnly, source, bindings } = controller;
  const groups = helpGroups(bindings, { isReadOnly, isReplay: source.player !== undefined });
  const lines = groups.flatMap(({ title, entries }) => [
    pens.bold(fit(title, columnWidth)),
    ...entries.map(
      ({ keys, about }) => `${pens.accent(fit(keys, keysWidth))} ${fit(about, columnWidth - keysWidth - 1)}`,
    ),
    ' '.repeat(columnWidth),
  ]);
  const isWide = size.columns >= 2 * columnWidth + 10;
  const half = Math.ceil(lines.length / 2);
  const all = isWide
    ? lines.slice(0, half).map((line, index) => `${line}  ${lines[half + index] ?? ''}`)
    : lines;
  const room = Math.max(3, size.rows - 7);
  const last = Math.max(0, all.length - room);
  const at = Math.min(top, last);
  useInputLayer((event) => {
    if (event.kind === 'mouse') {
      if (event.action === 'wheelDown') setTop(Math.min(last, at + 3));
      if (event.action === 'wheelUp') setTop(Math.max(0, at - 3));
      return true;
    }
    if (event.kind !== 'key') return true;
    const command = bindings.find(event.name, ['main']);
    const by = { up: -1, down: 1, pageUp: -room, pageDown: room, first: -last, last: last }[
      command as string
    ];
    if (by === undefined) controller.closeDialog();
    else setTop(Math.min(last, Math.max(0, at + by)));
    return true;
  });
  const more =
    last > 0 ? `↑↓ more (${at + room >= all.length ? 'end' : `${at + room} of ${all.length}`})   ` : '';
  return (
    <Frame
      title="Keys"
      width={isWide ? 2 * columnWidth + 2 : columnWidth}
      footer={`${more}any other key closes this`}
    >
      <Text wrap="truncate">{['', ...all.slice(at, at + room)].join('\n')}</Text>
    </Frame>
  );
}

const columnWidth = 54;
