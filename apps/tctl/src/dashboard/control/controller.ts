import type { Bindings } from '../keys/bindings.ts';
import type { CommandName } from '../keys/key-map.ts';
import type { State } from '../model/state.ts';
import type { SessionSettings } from '../settings/session-settings.ts';
import type { Source } from '../source/source.ts';
import type { Store } from '../store/store.ts';
import type { InputEvent } from '../terminal/events.ts';
import { act } from './act.ts';
import { click } from './click.ts';
import { contextsOf } from './contexts.ts';
import { InputLayers } from './input-layers.ts';
import { play } from './play.ts';
import { typeInto } from './text-field.ts';

/** What the controller asks of whoever holds the terminal. */
export interface Host {
  quit(): void;
  suspend(): void;
  redraw(): void;
  /** @returns whether it is on now */
  toggleMouse(): boolean;
  /** @returns its name */
  nextTheme(): string;
  /** To the terminal's clipboard, OSC 52. */
  copy(text: string): void;
  /** Others have the terminal until it settles. */
  lend<T>(use: () => Promise<T>): Promise<T>;
}

export interface ControllerOptions {
  readonly store: Store;
  readonly source: Source;
  readonly bindings: Bindings;
  readonly host: Host;
  readonly isReadOnly: boolean;
  /** Undefined where none can be changed: in tests. */
  readonly settings?: SessionSettings | undefined;
}

/** Turns what is typed and clicked into changes of state and into actions. */
export class Controller {
  readonly layers = new InputLayers();
  readonly store: Store;
  readonly source: Source;
  readonly bindings: Bindings;
  readonly host: Host;
  readonly isReadOnly: boolean;
  readonly settings: SessionSettings | undefined;

  constructor({ store, source, bindings, host, isReadOnly, settings }: ControllerOptions) {
    this.store = store;
    this.source = source;
    this.bindings = bindings;
    this.host = host;
    this.isReadOnly = isReadOnly || source.actions === undefined;
    this.settings = settings;
  }

  handle(event: InputEvent): void {
    const state = this.store.getState();
    if (state.message !== undefined && event.kind === 'key')
      this.store.dispatch({ kind: 'message', message: undefined });
    // Where nothing else does, this has to get one out.
    if (event.kind === 'key' && event.name === 'ctrl+c') this.host.quit();
    else if (this.layers.handle(event)) return;
    else if (state.editing !== undefined) this.#edit(state, event);
    else if (event.kind === 'mouse') click(this, state, event);
    else if (event.kind === 'key') this.#press(state, event.name);
  }

  #press(state: State, key: string): void {
    const command = this.bindings.find(key, contextsOf(state, this.source));
    if (command !== undefined) this.run(command);
    else if (key === 'escape') this.#escape(state);
  }

  run(command: CommandName): void {
    const { store, host } = this;
    switch (command) {
      case 'quit':
        host.quit();
        break;
      case 'suspend':
        host.suspend();
        break;
      case 'redraw':
        host.redraw();
        break;
      case 'mouse':
        this.#toggleMouse();
        break;
      case 'theme':
        this.say(`Theme: ${host.nextTheme()}`);
        break;
      case 'help':
      case 'columns':
      case 'settings':
        this.openDialog(command);
        break;
      case 'searchNext':
      case 'searchPrevious':
        if (store.getState().view === 'detail') this.#searchLog(command === 'searchNext' ? 1 : -1);
        else store.dispatch({ kind: 'command', command });
        break;
      default:
        if (this.source.player !== undefined && play(this.source.player, command)) break;
        store.dispatch({ kind: 'command', command });
        act(this, command);
    }
  }

  #toggleMouse(): void {
    const isOn = this.host.toggleMouse();
    this.settings?.noteMouse(isOn);
    this.say(isOn ? 'The mouse is on' : 'The mouse is off: text can be selected');
  }

  /** Forward is towards what is older: that is what one looks for in a log. */
  #searchLog(direction: 1 | -1): void {
    const { logSearch, scroll } = this.store.getState();
    const found = this.store.log.find(logSearch, scroll, direction);
    if (found !== undefined) this.store.dispatch({ kind: 'scrollLog', toEnd: found });
    else if (logSearch !== '') this.say(`${logSearch} is not in what is left of the log`);
  }

  say(text: string, hint?: string): void {
    this.store.dispatch({ kind: 'message', message: { kind: 'info', text, hint } });
  }

  /** Shown with its hint, and never thrown. */
  complain(error: unknown): void {
    const { message, hint } = error as { message?: string; hint?: string };
    this.store.dispatch({
      kind: 'message',
      message: { kind: 'error', text: message ?? String(error), hint },
    });
  }

  openDialog(name: string, props?: unknown): void {
    this.store.dispatch({ kind: 'dialog', dialog: { name, props } });
  }

  readonly closeDialog = (): void => this.store.dispatch({ kind: 'dialog', dialog: undefined });

  #edit({ editing, ...state }: State, event: InputEvent): void {
    const { dispatch } = this.store;
    const name = event.kind === 'key' ? event.name : '';
    if (editing === undefined) return;
    if (['enter', 'down', 'up'].includes(name)) {
      dispatch({ kind: 'endText', keep: true });
      if (editing === 'logSearch') this.#searchLog(1);
    } else if (name === 'escape') dispatch({ kind: 'endText', keep: false });
    else {
      const text = typeInto(state[editing], event);
      if (text !== undefined) dispatch({ kind: 'text', text });
    }
  }

  /** In the list, Escape takes away what narrows it, one after the other. */
  #escape({ view, tagged, search, filter }: State): void {
    if (view !== 'main') return;
    if (tagged.size > 0) this.run('untagAll');
    else if (search !== '') this.#clear('search');
    else if (filter !== '') this.#clear('filter');
  }

  #clear(command: 'search' | 'filter'): void {
    this.run(command);
    this.store.dispatch({ kind: 'text', text: '' });
    this.store.dispatch({ kind: 'endText', keep: true });
  }
}
