/** All commands, in the order of `--help`. */
import type { Command } from './command.ts';
import { create } from './create.ts';
import { remove } from './delete.ts';
import { events } from './events.ts';
import { exec } from './exec.ts';
import { features } from './features.ts';
import { kill } from './kill.ts';
import { list } from './list.ts';
import { pause, resume } from './pause.ts';
import { ps } from './ps.ts';
import { run } from './run.ts';
import { spec } from './spec.ts';
import { start } from './start.ts';
import { state } from './state.ts';
import { update } from './update.ts';

export const commands: Readonly<Record<string, Command>> = {
  create,
  start,
  run,
  state,
  kill,
  delete: remove,
  exec,
  ps,
  list,
  pause,
  resume,
  update,
  events,
  spec,
  features,
};
