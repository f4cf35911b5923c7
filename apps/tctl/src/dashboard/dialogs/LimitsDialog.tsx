import { Text } from 'ink';
import { useState } from 'react';
import { printable } from '../../cli/printable.ts';
import { copyText } from '../actions/copy.ts';
import { perform } from '../actions/perform.ts';
import { namesOf, verbs } from '../actions/verbs.ts';
import { type Form, makeForm, valuesOf } from '../form/form.ts';
import { fieldAt, formLines } from '../form/form-lines.ts';
import { quoteWords } from '../form/shell-words.ts';
import { useForm } from '../form/use-form.ts';
import type { Row } from '../model/row.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { commandLines } from './command-lines.ts';
import { Frame } from './Frame.tsx';
import { changedOptions, limitsFields, limitUpdateFrom } from './limits-fields.ts';
import { refusalLines } from './refusal-lines.ts';
import { roomFor } from './room.ts';
import { useTask } from './use-task.ts';

/** Limits that change while it runs. */
export function LimitsDialog({ subject: rows }: { readonly subject: readonly Row[] }) {
  const { controller, store } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const task = useTask();
  const { actions } = controller.source;
  // As it was when one opened it: figures that move on would take back what one types.
  const [{ fields, values }] = useState(() => limitsFields(rows));
  const wordsOf = (form: Form) => [
    'tctl',
    'update',
    ...changedOptions(values, valuesOf(form)),
    ...rows.map(({ name }) => name),
  ];
  const change = (form: Form) => {
    const options = changedOptions(values, valuesOf(form));
    if (options.length === 0 || actions === undefined) {
      controller.closeDialog();
      controller.say('No limit was changed');
      return;
    }
    const update = limitUpdateFrom(options);
    const [only] = rows;
    if (rows.length > 1 || only === undefined) {
      controller.closeDialog();
      void perform(controller, verbs.limits, rows, ({ key }) => actions.update(key, update));
      return;
    }
    // One can correct what is refused.
    task.run(
      async () => {
        await actions.update(only.key, update);
        if (store.getState().dialog?.name === 'limits') controller.closeDialog();
        controller.say(`Changed limits of ${only.name}`);
      },
      (error) => controller.complain(error),
    );
  };
  const [form, click] = useForm(() => makeForm(fields, values), {
    isBusy: task.isBusy,
    onOutcome: (outcome, sent) => (outcome === 'cancel' ? controller.closeDialog() : change(sent)),
    onOtherKey({ name }, typed) {
      if (name === 'ctrl+y') copyText(controller, quoteWords(wordsOf(typed)), 'the command');
    },
  });
  const { width, rows: room } = roomFor(size, 64);
  const isChanged = changedOptions(values, valuesOf(form)).length > 0;
  const below =
    task.refusal !== undefined
      ? refusalLines(task.refusal, width, theme)
      : isChanged
        ? commandLines(wordsOf(form), width, 2, theme)
        : [' '];
  const space = { width, rows: room - below.length - 1 };
  const lines = formLines(form, space, theme);
  return (
    <Frame
      title={`Limits of ${printable(namesOf(rows))}`}
      width={width}
      onClick={({ row }) => click(fieldAt(form, space, theme, row))}
      footer={task.isBusy ? 'Changing …' : 'Enter changes them   Esc cancels   Ctrl-Y copies the command'}
    >
      <Text wrap="truncate">{[...lines, ' ', ...below].join('\n')}</Text>
    </Frame>
  );
}
