import { useImmediateState } from '../dialogs/use-immediate-state.ts';
import { useInputLayer } from '../dialogs/use-input-layer.ts';
import type { KeyEvent } from '../terminal/events.ts';
import { clickField, type Form, type Outcome, reduceForm } from './form.ts';

export interface FormHandlers {
  /** Fields were right when it was sent. */
  onOutcome(outcome: Outcome, form: Form): void;
  /** A key that is none of a form's. */
  onOtherKey?(event: KeyEvent, form: Form): void;
  /** Something in a field is another. */
  onChange?(form: Form): void;
  /** While something is done with it, nothing is typed into it. */
  readonly isBusy?: boolean;
}

/** A form that has the keyboard while its dialog is open. @returns it, and what a click on one of its fields does */
export function useForm(
  make: () => Form,
  { onOutcome, onOtherKey, onChange, isBusy = false }: FormHandlers,
): readonly [form: Form, click: (field: number | undefined) => void] {
  const [form, setForm] = useImmediateState(make);
  const take = (next: Form) => {
    setForm(next);
    if (next.lines !== form.lines) onChange?.(next);
  };
  useInputLayer((event) => {
    if (event.kind === 'mouse') return false;
    if (isBusy && !(event.kind === 'key' && event.name === 'escape')) return true;
    const step = reduceForm(form, event);
    if (step === undefined) {
      if (event.kind === 'key') onOtherKey?.(event, form);
      return true;
    }
    take(step.form);
    if (step.outcome !== undefined) onOutcome(step.outcome, step.form);
    return true;
  });
  const click = (field: number | undefined) => {
    if (field !== undefined && !isBusy) take(clickField(form, field));
  };
  return [form, click];
}
