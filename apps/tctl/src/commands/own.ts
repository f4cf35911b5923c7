/** Commands that tell of tctl itself: one bundle, with the table of all commands and nothing that runs containers. */
import type { Command } from '../cli/command.ts';
import { completionCommand } from '../completion/completion-command.ts';
import { helpCommand } from './help.ts';
import { manCommand } from './man.ts';
import { versionCommand } from './version.ts';

export { completeCommand } from '../completion/complete-command.ts';
export { noSuchCommand, withoutGroup } from './find-command.ts';

export const ownCommands = {
  completion: completionCommand,
  help: helpCommand,
  man: manCommand,
  version: versionCommand,
} satisfies Record<string, Command>;

export type OwnCommand = keyof typeof ownCommands;
