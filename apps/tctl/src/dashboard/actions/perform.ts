import type { Controller } from '../control/controller.ts';
import { type BulkOutcome, onAll } from './bulk.ts';
import { namesOf, type Verb } from './verbs.ts';

export interface Target {
  readonly name: string;
}

/** What the dialog of failures shows: see dialogs/FailureDialog.tsx. */
export interface FailureReport {
  readonly title: string;
  readonly failures: readonly { readonly name: string; readonly error: unknown }[];
}

/** Acts on all; says how it goes, and what came of it. Never throws: what fails is shown with its hint. */
export async function perform<T extends Target>(
  controller: Controller,
  verb: Verb,
  targets: readonly T[],
  act: (target: T) => Promise<unknown>,
): Promise<BulkOutcome<T>> {
  const tell = (through: number) =>
    controller.say(
      `${verb.going} ${namesOf(targets)}${through > 0 ? `: ${through} of ${targets.length}` : ''} …`,
    );
  tell(0);
  const outcome = await onAll(targets, act, (through) => {
    if (targets.length > 1 && through < targets.length) tell(through);
  });
  report(controller, verb, targets, outcome);
  return outcome;
}

function report<T extends Target>(
  controller: Controller,
  verb: Verb,
  targets: readonly T[],
  { done, failed }: BulkOutcome<T>,
): void {
  const sentence = outcomeOf(verb, targets, done.length);
  if (failed.length === 0) controller.say(sentence);
  else {
    const failures = failed.map(({ item, error }) => ({ name: item.name, error }));
    showFailures(controller, { title: sentence, failures });
  }
}

/** `Stopped web`, `Stopped 2 of 3 containers, 1 failed`, `Stop web: it failed` */
export function outcomeOf(verb: Verb, targets: readonly Target[], done: number): string {
  const { plain, done: past } = verb;
  if (done === targets.length) return `${past} ${namesOf(targets)}`;
  if (targets.length === 1) return `${plain} ${namesOf(targets)}: failed`;
  return `${past} ${done} of ${targets.length} containers, ${targets.length - done} failed`;
}

/** In a box of its own; where another dialog is open, in the line of messages. */
export function showFailures(controller: Controller, report: FailureReport): void {
  const [first] = report.failures;
  controller.complain(report.failures.length === 1 ? first?.error : { message: report.title });
  if (controller.store.getState().dialog === undefined) controller.openDialog('failure', report);
}
