/** The commands that act on containers with a life of their own: one bundle, as all need the same of @tc/core. */
import type { Command } from '../cli/command.ts';
import { attachCommand } from './attach.ts';
import { cpCommand } from './cp.ts';
import { createCommand } from './create.ts';
import { doctorCommand } from './doctor.ts';
import { eventsCommand } from './events.ts';
import { inspectCommand } from './inspect.ts';
import { killCommand } from './kill.ts';
import { logsCommand } from './logs.ts';
import { pauseCommand, unpauseCommand } from './pause.ts';
import { pruneCommand } from './prune.ts';
import { renameCommand } from './rename.ts';
import { restartCommand } from './restart.ts';
import { rmCommand } from './rm.ts';
import { startCommand } from './start.ts';
import { stopCommand } from './stop.ts';
import { updateCommand } from './update.ts';
import { volumeCommand } from './volume.ts';
import { waitCommand } from './wait.ts';

export { capabilityNames, volumeNames } from './names.ts';
export { runAsContainer } from './run-as-container.ts';

export const containerCommands = {
  attach: attachCommand,
  cp: cpCommand,
  create: createCommand,
  doctor: doctorCommand,
  events: eventsCommand,
  inspect: inspectCommand,
  kill: killCommand,
  logs: logsCommand,
  pause: pauseCommand,
  prune: pruneCommand,
  rename: renameCommand,
  restart: restartCommand,
  rm: rmCommand,
  start: startCommand,
  stop: stopCommand,
  unpause: unpauseCommand,
  update: updateCommand,
  volume: volumeCommand,
  wait: waitCommand,
} satisfies Record<string, Command>;

export type ContainerCommand = keyof typeof containerCommands;
