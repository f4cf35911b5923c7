import { isatty } from 'node:tty';
import { openSink, ownSize } from '@tc/core/terminal';
import { printError } from '../cli/print-error.ts';
import { Controller, type Host } from './control/controller.ts';
import { Bindings } from './keys/bindings.ts';
import type { KeyMap } from './keys/key-map.ts';
import type { Size } from './model/layout.ts';
import { initialState, type State } from './model/state.ts';
import { SessionSettings, type Shown } from './settings/session-settings.ts';
import type { Source } from './source/source.ts';
import { Store } from './store/store.ts';
import { Canvases } from './terminal/canvas.ts';
import { clipboardSequence } from './terminal/clipboard.ts';
import { InputPump } from './terminal/input-pump.ts';
import { type Lifetime, takeTerminal } from './terminal/lifetime.ts';
import { Painter } from './terminal/painter.ts';
import type { Theme } from './theme/theme.ts';
import { Themes } from './theme/themes.ts';
import { type Mounted, mountApp } from './views/mount.tsx';

export interface SessionOptions {
  readonly source: Source;
  readonly theme: Theme;
  readonly keys: KeyMap;
  readonly isReadOnly: boolean;
  readonly mouse: boolean;
  readonly settings: { readonly file: string; readonly shown: Shown };
  /** What the state begins with. */
  readonly state: Partial<State>;
}

/** The dashboard on this terminal, until one quits it. @returns the exit code */
export async function runSession(options: SessionOptions): Promise<number> {
  const { source, isReadOnly, mouse } = options;
  const { promise: ended, resolve: end } = Promise.withResolvers<number>();
  const store = new Store(initialState(currentSize(), options.state));
  const themes = new Themes(options.theme);
  const sink = openSink(1);
  let lifetime: Lifetime | undefined;
  let app: Mounted | undefined;
  const painter = new Painter(sink, () => app?.lines() ?? []);
  const host = makeHost({ end, painter, themes, mouse, lifetime: () => lifetime });
  const controller = new Controller({
    store,
    source,
    bindings: new Bindings(options.keys),
    host,
    isReadOnly,
    settings: new SessionSettings({
      ...options.settings,
      themes,
      host: () => host,
      state: store.getState,
    }),
  });

  const crash = (error: unknown) => {
    // Before anything is printed: on the alternate screen nobody would see it.
    lifetime?.[Symbol.dispose]();
    printError(error);
    process.exit(1);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  const resize = () => {
    const size = currentSize();
    const { columns, rows } = store.getState().size;
    if (size.columns === columns && size.rows === rows) return;
    store.dispatch({ kind: 'resize', size });
    app?.resize(size);
    painter.redraw();
  };
  const pump = new InputPump((event) => controller.handle(event));
  lifetime = takeTerminal({
    mouse,
    say: (sequence) => painter.say(sequence),
    onData: pump.push,
    onResize: resize,
    onReturn() {
      painter.resume();
      resize();
    },
    onStop: host.suspend,
    onEnd: end,
  });
  try {
    app = await mountApp({ store, controller, canvases: new Canvases(), painter }, themes);
    app.failed.catch(crash);
    painter.redraw();
    // Something can be seen before the first figures are made.
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    source.open(store.take, (error) => controller.complain(error));
    return await ended;
  } finally {
    pump.stop();
    await painter.pause();
    lifetime[Symbol.dispose]();
    sink.close();
    app?.unmount();
    await source[Symbol.asyncDispose]();
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
  }
}

interface HostParts {
  readonly end: (code: number) => void;
  readonly painter: Painter;
  readonly themes: Themes;
  readonly mouse: boolean;
  readonly lifetime: () => Lifetime | undefined;
}

function makeHost({ end, painter, themes, mouse, lifetime }: HostParts): Host {
  let hasMouse = mouse;
  return {
    quit: () => end(0),
    suspend: () => void painter.pause().then(() => lifetime()?.suspend()),
    redraw: () => painter.redraw(),
    toggleMouse() {
      hasMouse = !hasMouse;
      lifetime()?.setMouse(hasMouse);
      return hasMouse;
    },
    nextTheme: () => themes.next(),
    copy: (text) => painter.say(clipboardSequence(text)),
    async lend(use) {
      await painter.pause();
      lifetime()?.stepAside();
      try {
        return await use();
      } finally {
        lifetime()?.comeBack();
        painter.resume();
      }
    },
  };
}

function currentSize(): Size {
  return (isatty(1) ? ownSize() : undefined) ?? { columns: 80, rows: 24 };
}
