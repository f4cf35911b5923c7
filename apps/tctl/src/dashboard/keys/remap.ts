import { nearest } from '../../cli/nearest.ts';
import { type CommandName, type KeyContext, type KeyMap, type KeySpec, keyMap } from './key-map.ts';

export interface Remapped {
  readonly map: KeyMap;
  /** For people; what they are about has been left as it was. */
  readonly problems: readonly string[];
}

/** The key map with other keys for some commands: `{ "kill": ["ctrl+k"] }`. An empty list takes its keys away. */
export function remapKeys(changes: Readonly<Record<string, unknown>>): Remapped {
  const map: Record<CommandName, KeySpec> = { ...keyMap };
  const problems: string[] = [];
  for (const [name, value] of Object.entries(changes)) {
    const keys = typeof value === 'string' ? [value] : value;
    if (!Object.hasOwn(keyMap, name)) {
      const near = nearest(name, Object.keys(keyMap));
      problems.push(`there is no command ${JSON.stringify(name)}${near === undefined ? '' : `; ${near}?`}`);
    } else if (!Array.isArray(keys) || !keys.every(isKeyName)) {
      problems.push(`keys of ${name}: not a list of keys like "x", "ctrl+k", "f5", "space"`);
    } else map[name as CommandName] = { ...map[name as CommandName], keys };
  }
  const conflicts = findConflicts(map);
  return { map, problems: [...problems, ...conflicts] };
}

const keyName =
  /^(?:(?:ctrl\+)?(?:alt\+)?(?:shift\+)?(?:up|down|left|right|home|end|pageup|pagedown|insert|delete|enter|escape|backspace|tab|space|begin|f\d{1,2}|[^\s\p{C}]))$/u;

export function isKeyName(key: unknown): key is string {
  return typeof key === 'string' && keyName.test(key);
}

/** Keys that mean two things in one place. The innermost context wins, so only one and the same conflicts with itself. */
export function findConflicts(map: KeyMap): string[] {
  const taken = new Map<string, CommandName>();
  const conflicts: string[] = [];
  for (const [command, { keys, contexts }] of Object.entries(map) as [CommandName, KeySpec][])
    for (const context of contexts)
      for (const key of keys) {
        const place = `${context} ${key}`;
        const other = taken.get(place);
        if (other === undefined) taken.set(place, command);
        else conflicts.push(`${key} is ${other} and ${command} in ${where(context)}`);
      }
  return conflicts;
}

function where(context: KeyContext): string {
  return context === 'everywhere' ? 'every view' : `the ${context} view`;
}
