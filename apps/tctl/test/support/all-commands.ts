import type { CommandSpec } from '../../src/table/command-spec.ts';
import { isGroup } from '../../src/table/command-spec.ts';
import { commandTable } from '../../src/table/commands.ts';

/** `volume ls` and what is said of it, for every command that is not the same as another. */
export const allCommands: readonly [string, CommandSpec][] = Object.entries(commandTable).flatMap(
  ([name, entry]): [string, CommandSpec][] =>
    isGroup(entry)
      ? Object.entries(entry.commands).flatMap(([below, spec]): [string, CommandSpec][] =>
          'sameAs' in spec ? [] : [[`${name} ${below}`, spec]],
        )
      : [[name, entry]],
);
