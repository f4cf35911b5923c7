import { type ThemeName, themeNames } from './palettes.ts';
import { makeTheme, type Theme } from './theme.ts';

/** The theme that is in use, for React; the next one at the press of a key. */
export class Themes {
  #theme: Theme;
  readonly #listeners = new Set<() => void>();

  constructor(theme: Theme) {
    this.#theme = theme;
  }

  readonly get = (): Theme => this.#theme;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  next(): ThemeName {
    const { name } = this.#theme;
    const next = themeNames[(themeNames.indexOf(name) + 1) % themeNames.length] ?? 'dark';
    this.change({ name: next });
    return next;
  }

  change(changes: Partial<Pick<Theme, 'name' | 'unicode' | 'graphs'>>): void {
    const { name, unicode, graphs } = { ...this.#theme, ...changes };
    this.#theme = makeTheme(name, this.#theme.depth, unicode, graphs);
    for (const listener of this.#listeners) listener();
  }
}
