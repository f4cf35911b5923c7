import { Text } from 'ink';
import { printable } from '../../cli/printable.ts';
import { perform } from '../actions/perform.ts';
import { listNames, verbs } from '../actions/verbs.ts';
import { wrapWords } from '../form/wrap.ts';
import type { Row } from '../model/row.ts';
import { fit } from '../text/fit.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { commandLines } from './command-lines.ts';
import { type Asked, confirmationOf } from './confirmations.ts';
import { Frame } from './Frame.tsx';
import { roomFor } from './room.ts';
import { useImmediateState } from './use-immediate-state.ts';
import { useInputLayer } from './use-input-layer.ts';

interface ConfirmProps {
  readonly what: Asked;
  readonly rows: readonly Row[];
}

export const StopDialog = ({ subject }: { readonly subject: readonly Row[] }) => (
  <ConfirmDialog what="stop" rows={subject} />
);
export const RestartDialog = ({ subject }: { readonly subject: readonly Row[] }) => (
  <ConfirmDialog what="restart" rows={subject} />
);
export const RemoveDialog = ({ subject }: { readonly subject: readonly Row[] }) => (
  <ConfirmDialog what="remove" rows={subject} />
);

const cancel = ' Cancel ';
/** Between the buttons. */
const gap = 3;
const buttonKeys = ['left', 'right', 'tab', 'shift+tab', 'up', 'down', 'h', 'l'];

/** Whether it is meant. Enter at once cancels; `y` does it. */
function ConfirmDialog({ what, rows }: ConfirmProps) {
  const { controller } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const [isYes, setYes] = useImmediateState(() => false);
  const { actions } = controller.source;
  const { question, about, button, words, act } = confirmationOf(what, rows);
  const finish = (isMeant: boolean) => {
    controller.closeDialog();
    if (isMeant && actions !== undefined)
      void perform(controller, verbs[what], rows, (row) => act(actions, row));
  };
  useInputLayer((event) => {
    if (event.kind !== 'key') return event.kind !== 'mouse';
    if (event.name === 'y' || event.name === 'Y') finish(true);
    else if (event.name === 'enter') finish(isYes);
    else if (['escape', 'n', 'N', 'q'].includes(event.name)) finish(false);
    else if (buttonKeys.includes(event.name)) setYes(!isYes);
    return true;
  });
  const { width, rows: room } = roomFor(size, 64);
  const { pens } = theme;
  const names = rows.map(({ name }) => ({ name: printable(name) }));
  const lines = [
    ...(rows.length > 1
      ? wrapWords(listNames(names, 3 * width), width).map((line) => pens.bold(fit(line, width)))
      : []),
    ...wrapWords(about, width).map((line) => fit(line, width)),
    ' ',
    ...commandLines(words, width, 2, theme),
  ].slice(0, Math.max(1, room - 2));
  const pressed = (isPressed: boolean, text: string) => (isPressed ? pens.selected(text) : text);
  const buttons = pressed(!isYes, cancel) + ' '.repeat(gap) + pressed(isYes, ` ${button} `);
  return (
    <Frame
      title={printable(question)}
      width={width}
      onClick={({ row, column }) => {
        if (row !== lines.length + 1) return;
        if (column < cancel.length) finish(false);
        else if (column >= cancel.length + gap && column < cancel.length + gap + button.length + 2)
          finish(true);
      }}
      footer={`y ${button.toLowerCase()}   n, Esc or Enter cancels`}
    >
      <Text wrap="truncate">{[...lines, ' ', buttons].join('\n')}</Text>
    </Frame>
  );
}
