import type { Actions } from '../actions/actions.ts';
import { copyCommands, copyIds } from '../actions/copy.ts';
import { perform } from '../actions/perform.ts';
import { sitDown } from '../actions/sit-down.ts';
import { verbs } from '../actions/verbs.ts';
import { type CommandName, type KeySpec, keyMap } from '../keys/key-map.ts';
import type { Row } from '../model/row.ts';
import { targets } from '../model/state.ts';
import type { Controller } from './controller.ts';

/** What a command does to containers. What asks first opens a dialog of that name: dialogs/dialogs.tsx. */
export function act(controller: Controller, command: CommandName): void {
  if (command === 'copyId') copyIds(controller);
  if (command === 'copyCommand') void copyCommands(controller);
  const spec: KeySpec = keyMap[command];
  if (spec.acts !== true) return;
  const { actions } = controller.source;
  if (actions === undefined || controller.isReadOnly)
    controller.say(
      'Nothing can be changed here',
      actions === undefined ? 'This is a recording.' : 'It was opened read-only.',
    );
  else if (command === 'spawn') controller.openDialog('spawn');
  else actOnTargets(controller, actions, command);
}

function actOnTargets(controller: Controller, actions: Actions, command: CommandName): void {
  const rows = targets(controller.store.getState()).filter(({ facts }) => facts !== undefined);
  const [row] = rows;
  if (row === undefined) controller.say('Only containers of tctl can be changed');
  else if (askedFirst.has(command)) controller.openDialog(command, rows);
  else if (command === 'start') void perform(controller, verbs.start, rows, ({ key }) => actions.start(key));
  else if (command === 'pause') void pauseOrResume(controller, actions, rows);
  else if (rows.length > 1)
    controller.say('This can be done with one at a time', 'Esc takes the marks away.');
  else if (command === 'rename') controller.openDialog(command, row);
  else if (command === 'shell' || command === 'attach') void sitDown(controller, command, row);
}

/** These ask: which signal, which limits, and whether it is meant. */
const askedFirst: ReadonlySet<CommandName> = new Set(['kill', 'stop', 'restart', 'remove', 'limits']);

/** Several are made the same: where one of them runs, all are paused. */
async function pauseOrResume(controller: Controller, actions: Actions, rows: readonly Row[]): Promise<void> {
  const running = rows.filter(({ state }) => state !== 'paused');
  if (running.length > 0) await perform(controller, verbs.pause, running, ({ key }) => actions.pause(key));
  else await perform(controller, verbs.resume, rows, ({ key }) => actions.resume(key));
}
