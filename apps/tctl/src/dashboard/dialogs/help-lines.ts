import type { Bindings } from '../keys/bindings.ts';
import type { CommandName, KeyGroup, KeySpec } from '../keys/key-map.ts';

export interface HelpEntry {
  readonly command: CommandName;
  readonly keys: string;
  readonly about: string;
}

export interface HelpGroup {
  readonly title: KeyGroup;
  readonly entries: readonly HelpEntry[];
}

/** The key map for people, by group and in its order. What can't be done here is not there. */
export function helpGroups(
  bindings: Bindings,
  { isReadOnly, isReplay }: { readonly isReadOnly: boolean; readonly isReplay: boolean },
): readonly HelpGroup[] {
  const groups = new Map<KeyGroup, HelpEntry[]>();
  for (const [command, spec] of Object.entries(bindings.map) as [CommandName, KeySpec][]) {
    if ((spec.acts && isReadOnly) || (spec.group === 'Replay' && !isReplay) || spec.keys.length === 0)
      continue;
    const entries = groups.get(spec.group) ?? [];
    groups.set(spec.group, entries);
    entries.push({ command, keys: bindings.keysOf(command), about: spec.about });
  }
  return [...groups].map(([title, entries]) => ({ title, entries }));
}
