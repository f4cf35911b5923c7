import type { Controller } from '../control/controller.ts';
import type { Row } from '../model/row.ts';
import { showFailures } from './perform.ts';
import { verbs } from './verbs.ts';

/** The dashboard steps aside, and returns when the shell has ended or somebody has detached. */
export async function sitDown(
  controller: Controller,
  what: 'shell' | 'attach',
  { key, name, state }: Row,
): Promise<void> {
  const { actions } = controller.source;
  if (actions === undefined) return;
  if (state !== 'running') {
    const hint = state === 'paused' ? 'Let it go on first.' : 'Start it first.';
    controller.say(`${name} ${state === 'paused' ? 'is paused' : 'does not run'}`, hint);
    return;
  }
  try {
    const code = await controller.host.lend(() => actions[what](key));
    controller.say(`${verbs[what].done} ${name}${code === 0 ? '' : `: exit code ${code}`}`);
  } catch (error) {
    const title = `${verbs[what].plain} ${name}: failed`;
    showFailures(controller, { title, failures: [{ name, error }] });
  }
}
