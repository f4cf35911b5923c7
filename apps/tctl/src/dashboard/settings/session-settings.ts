import { isDeepStrictEqual } from 'node:util';
import type { Host } from '../control/controller.ts';
import type { State } from '../model/state.ts';
import type { Themes } from '../theme/themes.ts';
import type { SettingName, Settings } from './settings.ts';
import { writeSettings } from './settings-file.ts';

/** What the settings dialog changes at once, and what it says of the others. */
export type Shown = Required<Omit<Settings, 'columns' | 'sort' | 'keys'>>;

export interface SessionSettingsOptions {
  readonly file: string;
  /** As they are in force. */
  readonly shown: Shown;
  readonly themes: Themes;
  readonly host: () => Pick<Host, 'toggleMouse'>;
  readonly state: () => State;
}

/** The settings of a dashboard that is open: they are in force when they are changed, and kept only when asked to. */
export class SessionSettings {
  readonly file: string;
  readonly #options: SessionSettingsOptions;
  #shown: Shown;
  /** As they were when it was opened or saved: only what has been changed since is written. */
  #saved: Settings;

  constructor(options: SessionSettingsOptions) {
    this.file = options.file;
    this.#options = options;
    this.#shown = options.shown;
    this.#saved = this.#current();
  }

  get shown(): Shown {
    const { name, unicode, graphs } = this.#options.themes.get();
    // Ctrl-T changes the theme, too.
    return { ...this.#shown, theme: name, unicode, graphs };
  }

  set(changes: Partial<Shown>): void {
    const { theme, unicode, graphs, mouse } = changes;
    if (mouse !== undefined && mouse !== this.#shown.mouse) this.#options.host().toggleMouse();
    this.#shown = { ...this.#shown, ...changes };
    const { themes } = this.#options;
    const before = themes.get();
    themes.change({
      name: theme ?? before.name,
      unicode: unicode ?? before.unicode,
      graphs: graphs ?? before.graphs,
    });
  }

  /** The key for the mouse changes it, too. */
  noteMouse(mouse: boolean): void {
    this.#shown = { ...this.#shown, mouse };
  }

  /** @returns how many settings were written. @throws UsageError, and errors of the file system */
  save(): number {
    const now = this.#current();
    const changed = (Object.keys(now) as SettingName[]).filter(
      (name) => !isDeepStrictEqual(now[name], this.#saved[name]),
    );
    if (changed.length > 0)
      writeSettings(this.file, Object.fromEntries(changed.map((name) => [name, now[name]])));
    this.#saved = now;
    return changed.length;
  }

  #current(): Settings {
    const { columns, sort } = this.#options.state();
    return { ...this.shown, columns, sort };
  }
}
