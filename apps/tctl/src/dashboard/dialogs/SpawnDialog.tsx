import { Text } from 'ink';
import { useEffect, useRef } from 'react';
import { copyText } from '../actions/copy.ts';
import { showFailures } from '../actions/perform.ts';
import { runWords } from '../actions/run-words.ts';
import { type Form, makeForm, valuesOf } from '../form/form.ts';
import { fieldAt, formLines } from '../form/form-lines.ts';
import { quoteWords } from '../form/shell-words.ts';
import { useForm } from '../form/use-form.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { commandLines } from './command-lines.ts';
import { Frame } from './Frame.tsx';
import { refusalLines } from './refusal-lines.ts';
import { roomFor } from './room.ts';
import { selectWhenThere } from './select-when-there.ts';
import { draftFrom, requestFrom, spawnFields, valuesFrom } from './spawn-fields.ts';
import { useImmediateState } from './use-immediate-state.ts';
import { useTask } from './use-task.ts';

/** A new container: what it is made of, and the command that makes the same. */
export function SpawnDialog() {
  const { controller, store } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const task = useTask();
  const [progress, setProgress] = useImmediateState<string | undefined>(() => undefined);
  const images = useRef<readonly string[]>(undefined);
  const [, setLoaded] = useImmediateState(() => false);
  const { actions } = controller.source;
  useEffect(() => {
    // Without them one can still type.
    actions?.images().then(
      (names) => {
        images.current = names;
        setLoaded(true);
      },
      () => {},
    );
  }, [actions]);

  const start = (form: Form) => {
    if (actions === undefined) return;
    const request = requestFrom(valuesOf(form));
    const shown = request.name === '' ? 'a container' : request.name;
    task.run(
      async () => {
        const id = await actions.spawn(request, setProgress);
        if (store.getState().dialog?.name === 'spawn') controller.closeDialog();
        controller.say(`Started ${request.name === '' ? id : request.name}`);
        selectWhenThere(store, id);
      },
      (error) =>
        showFailures(controller, { title: `Start ${shown}: failed`, failures: [{ name: shown, error }] }),
    );
  };
  const [form, click] = useForm(
    () => {
      const names = namesIn(store.getState().update?.containers);
      const fields = spawnFields({
        images: () => images.current,
        names: () => namesIn(store.getState().update?.containers),
      });
      return makeForm(fields, valuesFrom(actions?.lastSpawn(), names));
    },
    {
      isBusy: task.isBusy,
      onOutcome: (outcome, sent) => (outcome === 'cancel' ? controller.closeDialog() : start(sent)),
      onOtherKey({ name }, typed) {
        if (name !== 'ctrl+y') return;
        copyText(controller, quoteWords(runWords(draftFrom(valuesOf(typed)))), 'the command');
      },
    },
  );
  const { width, rows } = roomFor(size, 76);
  const command = commandLines(runWords(draftFrom(valuesOf(form))), width, rows > 14 ? 3 : 1, theme);
  const refusal = task.refusal === undefined ? [] : refusalLines(task.refusal, width, theme);
  const below = refusal.length > 0 ? refusal : command;
  const space = { width, rows: rows - below.length - 1 };
  const fields = formLines(form, space, theme);
  const footer = task.isBusy
    ? (progress ?? 'Starting …')
    : 'Enter starts it   Esc cancels   Tab completes   Ctrl-Y copies the command';
  return (
    <Frame
      title="New container"
      width={width}
      onClick={({ row }) => click(fieldAt(form, space, theme, row))}
      footer={footer}
    >
      <Text wrap="truncate">{[...fields, ' ', ...below].join('\n')}</Text>
    </Frame>
  );
}

function namesIn(containers: readonly { readonly name: string }[] | undefined): readonly string[] {
  return (containers ?? []).map(({ name }) => name);
}
