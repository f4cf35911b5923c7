import { Text } from 'ink';
import type { Controller } from '../control/controller.ts';
import type { FieldSpec, Values } from '../form/form.ts';
import { makeForm, valuesOf } from '../form/form.ts';
import { fieldAt, formLines } from '../form/form-lines.ts';
import { useForm } from '../form/use-form.ts';
import { graphStyles } from '../settings/parse-settings.ts';
import type { Shown } from '../settings/session-settings.ts';
import { fit } from '../text/fit.ts';
import { themeNames } from '../theme/palettes.ts';
import { useSelected, useServices, useTheme } from '../views/context.ts';
import { Frame } from './Frame.tsx';
import { roomFor } from './room.ts';

/** Settings that are in force at once; W keeps them. */
export function SettingsDialog() {
  const { controller } = useServices();
  const size = useSelected((state) => state.size);
  const theme = useTheme();
  const { settings } = controller;
  const [form, click] = useForm(
    () => makeForm(settingFields(settings?.shown), valuesOfSettings(settings?.shown)),
    {
      onOutcome: () => controller.closeDialog(),
      onChange: (changed) => settings?.set(settingsFrom(valuesOf(changed))),
      onOtherKey({ name }) {
        if (name === 'W' || name === 'w') saveSettings(controller);
        if (name === 'q' || name === 'o') controller.closeDialog();
      },
    },
  );
  const { width, rows } = roomFor(size, 62);
  const { pens } = theme;
  const file = settings === undefined ? [] : [' ', pens.dim(fit(settings.file, width))];
  const space = { width, rows: rows - file.length };
  const lines = formLines(form, space, theme);
  return (
    <Frame
      title="Settings"
      width={width}
      onClick={({ row }) => click(fieldAt(form, space, theme, row))}
      footer="←→ changes   W keeps them, columns and order too   Esc closes"
    >
      <Text wrap="truncate">{[...lines, ...file].join('\n')}</Text>
    </Frame>
  );
}

const usualIntervals = ['500ms', '1s', '2s', '5s', '10s'];
const yesNo = ['yes', 'no'];

function settingFields(shown: Shown | undefined): readonly FieldSpec[] {
  const interval = shown?.interval ?? '1s';
  const intervals = usualIntervals.includes(interval) ? usualIntervals : [interval, ...usualIntervals];
  const field = (name: string, label: string, about: string, choices: readonly string[]): FieldSpec => ({
    ...{ name, label, about, choices },
  });
  return [
    field('theme', 'Theme', 'Colours. NO_COLOR=1 takes all of them away.', themeNames),
    field(
      'graphs',
      'Graphs',
      'Of dots, which is finest; of blocks, for fonts without these; of letters.',
      graphStyles,
    ),
    field('unicode', 'Unicode', 'no: everything is drawn with ASCII alone.', yesNo),
    field(
      'mouse',
      'Mouse',
      'no: clicks and the wheel are the terminal’s, which can select text then.',
      yesNo,
    ),
    field('interval', 'Interval', 'How often to look. From the next start on.', intervals),
    field('readOnly', 'Read only', 'Nothing can be changed. From the next start on.', ['no', 'yes']),
  ];
}

function valuesOfSettings(shown: Shown | undefined): Values {
  if (shown === undefined) return {};
  const word = (value: boolean) => (value ? 'yes' : 'no');
  const { theme, graphs, unicode, mouse, interval, readOnly } = shown;
  return { theme, graphs, unicode: word(unicode), mouse: word(mouse), interval, readOnly: word(readOnly) };
}

function settingsFrom(values: Values): Shown {
  const { theme, graphs, unicode, mouse, interval, readOnly } = values;
  return {
    theme: themeNames.find((name) => name === theme) ?? 'dark',
    graphs: graphStyles.find((style) => style === graphs) ?? 'braille',
    unicode: unicode === 'yes',
    mouse: mouse === 'yes',
    interval: interval ?? '1s',
    readOnly: readOnly === 'yes',
  };
}

/** Says what came of it. */
export function saveSettings(controller: Controller): void {
  const { settings } = controller;
  if (settings === undefined) return;
  try {
    const count = settings.save();
    controller.say(count === 0 ? 'Nothing has been changed' : `Saved to ${settings.file}`);
  } catch (error) {
    controller.complain(error);
  }
}
