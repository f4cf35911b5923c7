import { type CommandName, type KeyContext, type KeyMap, keyMap } from './key-map.ts';

/** Which command a key means, by context; the innermost context first. */
export class Bindings {
  readonly map: KeyMap;
  readonly #byContext = new Map<KeyContext, Map<string, CommandName>>();

  constructor(map: KeyMap = keyMap) {
    this.map = map;
    for (const [command, { keys, contexts }] of Object.entries(map) as [CommandName, KeyMap[CommandName]][])
      for (const context of contexts) {
        const bound = this.#byContext.get(context) ?? new Map<string, CommandName>();
        this.#byContext.set(context, bound);
        for (const key of keys) bound.set(key, command);
      }
  }

  /** @param contexts the innermost first; `everywhere` comes last by itself */
  find(key: string, contexts: readonly KeyContext[]): CommandName | undefined {
    for (const context of [...contexts, 'everywhere'] as const) {
      const command = this.#byContext.get(context)?.get(key);
      if (command !== undefined) return command;
    }
    return undefined;
  }

  /** As the help shows it. */
  keysOf(command: CommandName): string {
    return this.map[command].keys.map(keyTitle).join(' ');
  }

  firstKeyOf(command: CommandName): string {
    return keyTitle(this.map[command].keys[0] ?? '');
  }
}

const titles: Readonly<Record<string, string>> = {
  up: '↑',
  down: '↓',
  left: '←',
  right: '→',
  pageup: 'PgUp',
  pagedown: 'PgDn',
  home: 'Home',
  end: 'End',
  enter: 'Enter',
  escape: 'Esc',
  backspace: 'Backspace',
  tab: 'Tab',
  'shift+tab': 'Shift-Tab',
  space: 'Space',
  insert: 'Ins',
  delete: 'Del',
};

/** For people: `Ctrl-C`, `F1`, `↑`. */
export function keyTitle(key: string): string {
  const title = titles[key];
  if (title !== undefined) return title;
  if (/^f\d+$/.test(key)) return key.toUpperCase();
  if (key.startsWith('ctrl+')) return `Ctrl-${keyTitle(key.slice(5)).toUpperCase()}`;
  if (key.startsWith('alt+')) return `Alt-${keyTitle(key.slice(4))}`;
  return key;
}
