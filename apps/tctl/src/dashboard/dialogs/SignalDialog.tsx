import { Text } from 'ink';
import { printable } from '../../cli/printable.ts';
import { perform } from '../actions/perform.ts';
import { listNames, sending } from '../actions/verbs.ts';
import { wrapWords } from '../form/wrap.ts';
import type { Row } from '../model/row.ts';
import { fit } from '../text/fit.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { roomFor } from './room.ts';
import { type Menu, moveMenu, signalChoices } from './signals.ts';
import { useImmediateState } from './use-immediate-state.ts';
import { useInputLayer } from './use-input-layer.ts';

/** Which signal, and to whom. Enter at once cancels: nobody kills by a slip. */
export function SignalDialog({ subject: rows }: { readonly subject: readonly Row[] }) {
  const { controller } = useServices();
  const size = useSelected((state) => state.size);
  const { pens } = useTheme();
  const [menu, setMenu] = useImmediateState<Menu>(() => ({ at: 0, digits: '' }));
  const { actions } = controller.source;
  const send = () => {
    const choice = signalChoices[menu.at - 1];
    controller.closeDialog();
    if (choice === undefined || actions === undefined) controller.say('Nothing was sent');
    else
      void perform(controller, sending(choice.signal), rows, ({ key }) => actions.kill(key, choice.signal));
  };
  useInputLayer((event) => {
    if (event.kind === 'mouse') {
      const wheel = { wheelUp: 'up', wheelDown: 'down' }[event.action as string];
      if (wheel !== undefined) setMenu(moveMenu(menu, wheel) ?? menu);
      return wheel !== undefined;
    }
    if (event.kind !== 'key') return true;
    if (event.name === 'enter') send();
    else if (event.name === 'escape' || event.name === 'q') controller.closeDialog();
    else setMenu(moveMenu(menu, event.name) ?? menu);
    return true;
  });
  const { width, rows: room } = roomFor(size, 70);
  const chosen = signalChoices[menu.at - 1]?.signal;
  // pid_namespaces(7): the first process of one.
  const isHeeded = chosen === undefined || chosen === 'SIGKILL' || chosen === 'SIGSTOP';
  const note = isHeeded ? '' : 'A container’s first process gets it only where it listens to it.';
  const to = wrapWords(
    `To ${listNames(
      rows.map(({ name }) => ({ name: printable(name) })),
      2 * width - 12,
    )}.`,
    width,
  ).slice(0, 2);
  const lines = [
    fit('Cancel', width),
    ...signalChoices.map(({ signal, number, about }) =>
      fit(`${String(number).padStart(2)}  ${signal.slice(3).padEnd(6)} ${about}`, width),
    ),
  ];
  const space = Math.max(1, room - to.length - 1);
  const top = Math.max(0, Math.min(menu.at - Math.floor(space / 2), lines.length - space));
  const shown = lines
    .slice(top, top + space)
    .map((line, index) => (top + index === menu.at ? pens.selected(line) : line));
  /** The first click chooses, and one more does it. */
  const click = (index: number) => {
    const at = top + index;
    if (index < 0 || index >= shown.length) return;
    if (at === menu.at) send();
    else setMenu({ at, digits: '' });
  };
  const keys =
    menu.at === 0 ? 'Enter cancels   ↑↓, a letter or a number chooses' : 'Enter sends it   Esc cancels';
  return (
    <Frame
      title="Send a signal"
      width={width}
      footer={keys}
      onClick={({ row }) => click(row - to.length - 1)}
    >
      <Text wrap="truncate">
        {[...to.map((line) => fit(line, width)), pens.dim(fit(note, width)), ...shown].join('\n')}
      </Text>
    </Frame>
  );
}
