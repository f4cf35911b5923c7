import type { Controller } from '../control/controller.ts';
import { quoteWords } from '../form/shell-words.ts';
import type { Row } from '../model/row.ts';
import { targets } from '../model/state.ts';
import { clipboardDoubt } from '../terminal/clipboard.ts';
import { showFailures } from './perform.ts';
import { namesOf, verbs } from './verbs.ts';

/** One a line. */
export function copyIds(controller: Controller): void {
  const rows = targets(controller.store.getState());
  if (rows.length === 0) return;
  copyText(
    controller,
    rows.map(({ key }) => key).join('\n'),
    rows.length === 1 ? (rows[0]?.key ?? '') : `the ids of ${namesOf(rows)}`,
  );
}

/** What makes one like it: one command a line. */
export async function copyCommands(controller: Controller): Promise<void> {
  const { actions } = controller.source;
  const rows = targets(controller.store.getState()).filter(({ facts }) => facts !== undefined);
  if (actions === undefined || rows.length === 0) {
    controller.say('How it was made is not known here');
    return;
  }
  try {
    const lines = await Promise.all(
      rows.map(async ({ key }: Row) => quoteWords(await actions.runWords(key))),
    );
    copyText(
      controller,
      lines.join('\n'),
      rows.length === 1 ? (lines[0] ?? '') : `the commands of ${namesOf(rows)}`,
    );
  } catch (error) {
    showFailures(controller, {
      title: `${verbs.copy.plain} the command of ${namesOf(rows)}: failed`,
      failures: [{ name: namesOf(rows), error }],
    });
  }
}

/** @param shown what the message calls it */
export function copyText(controller: Controller, text: string, shown: string): void {
  controller.host.copy(text);
  controller.say(`Copied ${shown}`, clipboardDoubt(process.env));
}
