import type { InputEvent } from '../terminal/events.ts';
import { type Completer, complete } from './completion.ts';
import { editLine, type LineText, lineOf } from './line-text.ts';

export interface Problem {
  readonly text: string;
  readonly hint: string | undefined;
}

export type Values = Readonly<Record<string, string>>;

export interface FieldSpec {
  readonly name: string;
  readonly label: string;
  /** What it is for, and what it looks like: below the field while one is in it. */
  readonly about: string;
  /** What nothing in it means: shown where it is empty. */
  readonly placeholder?: string;
  /** It is one of these, and nothing is typed. */
  readonly choices?: readonly string[];
  readonly completer?: Completer;
  /** What is wrong with it. Called with each key: what takes long has to remember. */
  readonly check?: (value: string, values: Values) => Problem | undefined;
  /** Something to know that is not wrong. */
  readonly note?: (value: string, values: Values) => string | undefined;
}

/** A dialog with fields, as data. */
export interface Form {
  readonly fields: readonly FieldSpec[];
  readonly lines: Readonly<Record<string, LineText>>;
  /** The field that one is in. */
  readonly at: number;
  /** Fields whose problems are shown: those that one has typed into, or all after an attempt. */
  readonly touched: ReadonlySet<string>;
  /** What Tab has found. */
  readonly offers: readonly string[];
}

export type Outcome = 'submit' | 'cancel';

export interface FormStep {
  readonly form: Form;
  readonly outcome?: Outcome;
}

/** @param values what is in the fields to begin with */
export function makeForm(fields: readonly FieldSpec[], values: Values = {}): Form {
  const lines = Object.fromEntries(
    fields.map(({ name, choices }) => [name, lineOf(values[name] ?? choices?.[0] ?? '')]),
  );
  return { fields, lines, at: 0, touched: new Set(), offers: [] };
}

export function valuesOf({ lines }: Form): Values {
  return Object.fromEntries(Object.entries(lines).map(([name, { text }]) => [name, text]));
}

export function problemOf(form: Form, { name, check }: FieldSpec): Problem | undefined {
  return check?.(form.lines[name]?.text ?? '', valuesOf(form));
}

export function isValid(form: Form): boolean {
  return form.fields.every((field) => problemOf(form, field) === undefined);
}

/** What a key does to a form. Undefined where it does nothing. */
export function reduceForm(form: Form, event: InputEvent): FormStep | undefined {
  const field = form.fields[form.at];
  if (field === undefined) return undefined;
  const name = event.kind === 'key' ? event.name : '';
  switch (name) {
    case 'escape':
      return { form, outcome: 'cancel' };
    case 'enter':
      return submit(form);
    case 'up':
    case 'shift+tab':
      return { form: goTo(form, form.at - 1) };
    case 'down':
      return { form: goTo(form, form.at + 1) };
    case 'tab':
      return { form: completeIn(form, field) ?? goTo(form, form.at + 1) };
  }
  const line = form.lines[field.name] ?? lineOf('');
  const edited = field.choices === undefined ? editLine(line, event) : choose(line, field.choices, name);
  if (edited === undefined) return undefined;
  return { form: withLine(form, field, edited) };
}

/** The first field that is wrong is where one has to go. */
function submit(form: Form): FormStep {
  const bad = form.fields.findIndex((field) => problemOf(form, field) !== undefined);
  if (bad === -1) return { form, outcome: 'submit' };
  return { form: { ...goTo(form, bad), touched: new Set(form.fields.map(({ name }) => name)) } };
}

/** Round the ends. */
export function goTo(form: Form, index: number): Form {
  const count = form.fields.length;
  return { ...form, at: (index + count) % count, offers: [] };
}

/** One goes to it; where one is already, its next choice. */
export function clickField(form: Form, index: number): Form {
  const field = form.fields[index];
  if (field === undefined) return form;
  if (index !== form.at || field.choices === undefined) return goTo(form, index);
  const line = choose(form.lines[field.name] ?? lineOf(''), field.choices, 'right');
  return line === undefined ? form : withLine(form, field, line);
}

export function withLine(form: Form, { name }: FieldSpec, line: LineText): Form {
  return {
    ...form,
    lines: { ...form.lines, [name]: line },
    touched: new Set([...form.touched, name]),
    offers: [],
  };
}

function completeIn(form: Form, field: FieldSpec): Form | undefined {
  const line = form.lines[field.name];
  if (field.completer === undefined || line === undefined) return undefined;
  const completed = complete(line, field.completer);
  if (completed === undefined) return undefined;
  return { ...withLine(form, field, completed.line), offers: completed.offers };
}

const steps: Readonly<Record<string, 1 | -1>> = { left: -1, right: 1, space: 1 };

function choose({ text }: LineText, choices: readonly string[], key: string): LineText | undefined {
  const step = steps[key];
  if (step === undefined) return undefined;
  return lineOf(choices[(choices.indexOf(text) + step + choices.length) % choices.length] ?? text);
}
