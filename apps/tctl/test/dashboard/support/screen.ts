/** The dashboard without a terminal: real state, controller and components on made-up containers. */
import { setImmediate as turn } from 'node:timers/promises';
import { Controller, type Host } from '../../../src/dashboard/control/controller.ts';
import { DemoSource } from '../../../src/dashboard/demo/demo-source.ts';
import { Bindings } from '../../../src/dashboard/keys/bindings.ts';
import { initialState, type State } from '../../../src/dashboard/model/state.ts';
import type { Source } from '../../../src/dashboard/source/source.ts';
import { Store } from '../../../src/dashboard/store/store.ts';
import { Canvases, withoutStyles } from '../../../src/dashboard/terminal/canvas.ts';
import { InputParser } from '../../../src/dashboard/terminal/input-parser.ts';
import { makeTheme, type Theme } from '../../../src/dashboard/theme/theme.ts';
import { Themes } from '../../../src/dashboard/theme/themes.ts';
import { type Mounted, mountApp } from '../../../src/dashboard/views/mount.tsx';

export interface ScreenOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly count?: number;
  readonly theme?: Theme;
  readonly isReadOnly?: boolean;
  readonly state?: Partial<State>;
  readonly source?: Source;
}

export class Screen implements AsyncDisposable {
  readonly store: Store;
  readonly controller: Controller;
  readonly source: Source;
  /** What the controller asked of the terminal. */
  readonly asked: string[] = [];
  readonly #app: Mounted;

  private constructor(store: Store, controller: Controller, app: Mounted, asked: string[]) {
    this.store = store;
    this.controller = controller;
    this.source = controller.source;
    this.#app = app;
    this.asked = asked;
  }

  static async open(options: ScreenOptions = {}): Promise<Screen> {
    const { columns = 120, rows = 40, count = 24, isReadOnly = false, state = {} } = options;
    const source = options.source ?? new DemoSource({ seed: 1, count, isStill: true });
    const store = new Store(initialState({ columns, rows }, state));
    const asked: string[] = [];
    const host = hostThatNotes(asked);
    const controller = new Controller({ store, source, bindings: new Bindings(), host, isReadOnly });
    const themes = new Themes(options.theme ?? makeTheme('dark', 'truecolor', true));
    const painter = { schedule() {} };
    const app = await mountApp({ store, controller, canvases: new Canvases(), painter }, themes);
    source.open(store.take, (error) => controller.complain(error));
    const screen = new Screen(store, controller, app, asked);
    await screen.settle();
    return screen;
  }

  get state(): State {
    return this.store.getState();
  }

  /** What can be seen, without colours. */
  lines(): readonly string[] {
    return this.#app.lines().map(withoutStyles);
  }

  text(): string {
    return this.lines()
      .map((line) => line.trimEnd())
      .join('\n');
  }

  styledLines(): readonly string[] {
    return this.#app.lines();
  }

  async settle(): Promise<void> {
    for (let round = 0; round < 4; round += 1) await turn();
  }

  /** As a terminal sends it. */
  async send(bytes: string): Promise<void> {
    const parser = new InputParser();
    for (const event of [...parser.push(Buffer.from(bytes)), ...parser.flush()]) {
      this.controller.handle(event);
      await this.settle();
    }
  }

  async resize(columns: number, rows: number): Promise<void> {
    this.store.dispatch({ kind: 'resize', size: { columns, rows } });
    this.#app.resize({ columns, rows });
    await this.settle();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#app.unmount();
    await this.source[Symbol.asyncDispose]();
  }
}

function hostThatNotes(asked: string[]): Host {
  let hasMouse = true;
  return {
    quit: () => void asked.push('quit'),
    suspend: () => void asked.push('suspend'),
    redraw: () => void asked.push('redraw'),
    toggleMouse() {
      hasMouse = !hasMouse;
      return hasMouse;
    },
    nextTheme: () => 'light',
    copy: (text) => void asked.push(`copy ${text}`),
    async lend(use) {
      asked.push('lend');
      return use();
    },
  };
}
