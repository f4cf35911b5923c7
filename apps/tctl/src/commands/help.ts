import { command } from '../cli/command.ts';
import { groupHelp, helpText } from '../cli/help.ts';
import { writeOut } from '../cli/output.ts';
import { overview } from '../cli/overview.ts';
import { unknownCommand } from '../cli/subcommands.ts';
import { outputWidth } from '../cli/terminal-width.ts';
import { isGroup } from '../table/command-spec.ts';
import { entryOf, findSpec } from '../table/commands.ts';
import { help } from '../table/machine.ts';
import { noSuchCommand } from './find-command.ts';

export const helpCommand = command(help, async (_, words) => {
  writeOut(textOf(words, outputWidth()));
  return 0;
});

function textOf(words: readonly string[], columns: number | undefined): string {
  const [name, below] = words;
  if (name === undefined) return overview(columns);
  const entry = entryOf(name);
  if (entry === undefined) throw noSuchCommand(name);
  if (isGroup(entry) && below === undefined) return groupHelp(name, entry, columns);
  const spec = findSpec(words);
  if (spec === undefined)
    throw unknownCommand(below ?? '', isGroup(entry) ? Object.keys(entry.commands) : [], name);
  return helpText(spec, columns);
}
