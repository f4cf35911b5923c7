import { Text } from 'ink';
import { useState } from 'react';
import { printable } from '../../cli/printable.ts';
import { option } from '../actions/run-words.ts';
import { type FieldSpec, type Form, makeForm, valuesOf } from '../form/form.ts';
import { fieldAt, formLines } from '../form/form-lines.ts';
import { remembering } from '../form/refusal.ts';
import { useForm } from '../form/use-form.ts';
import type { Row } from '../model/row.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { refusalLines } from './refusal-lines.ts';
import { roomFor } from './room.ts';
import { checkRunOptions } from './run-checks.ts';
import { useTask } from './use-task.ts';

/** Another name for a container. */
export function RenameDialog({ subject: row }: { readonly subject: Row }) {
  const { controller, store } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const task = useTask();
  const { actions } = controller.source;
  const [field] = useState(() => {
    const names = (store.getState().update?.containers ?? []).map(({ name }) => name);
    return nameField(names.filter((name) => name !== row.name));
  });
  const rename = (form: Form) => {
    const name = (valuesOf(form)['name'] ?? '').trim();
    if (name === row.name || actions === undefined) return controller.closeDialog();
    task.run(
      async () => {
        await actions.rename(row.key, name);
        if (store.getState().dialog?.name === 'rename') controller.closeDialog();
        controller.say(`${row.name} is called ${name} now`);
      },
      (error) => controller.complain(error),
    );
  };
  const [form, click] = useForm(() => makeForm([field], { name: row.name }), {
    isBusy: task.isBusy,
    onOutcome: (outcome, sent) => (outcome === 'cancel' ? controller.closeDialog() : rename(sent)),
  });
  const { width, rows } = roomFor(size, 56);
  const fields = { width, rows };
  const below = task.refusal === undefined ? [] : [' ', ...refusalLines(task.refusal, width, theme)];
  return (
    <Frame
      title={`Rename ${printable(row.name)}`}
      width={width}
      onClick={({ row }) => click(fieldAt(form, fields, theme, row))}
      footer="Enter renames it   Esc cancels"
    >
      <Text wrap="truncate">{[...formLines(form, fields, theme), ...below].join('\n')}</Text>
    </Frame>
  );
}

function nameField(taken: readonly string[]): FieldSpec {
  return {
    name: 'name',
    label: 'Name',
    about: 'Letters, digits, ".", "_" and "-".',
    check: remembering((value) => {
      const name = value.trim();
      if (name === '') return { text: 'it needs a name', hint: undefined };
      if (taken.includes(name))
        return { text: `a container is called ${name} already`, hint: 'Choose another.' };
      return checkRunOptions(option('--name', name));
    }),
  };
}
