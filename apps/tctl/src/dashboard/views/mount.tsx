import { render } from 'ink';
import type { Size } from '../model/layout.ts';
import { toAscii } from '../text/ascii.ts';
import { App, type ThemeHolder } from './App.tsx';
import type { Services } from './context.ts';
import { InkOutput } from './ink-output.ts';

export interface Mounted {
  /** What the screen should show now: one line a row, each as wide as the screen. */
  readonly lines: () => readonly string[];
  readonly resize: (size: Size) => void;
  readonly unmount: () => void;
  /** Rejects with what a component throws. */
  readonly failed: Promise<unknown>;
}

/** Starts React and Ink. Whoever has the terminal writes the lines when `services.painter` is told to. */
export async function mountApp(services: Services, themes: ThemeHolder): Promise<Mounted> {
  await (globalThis as { [layoutEngine]?: Promise<unknown> })[layoutEngine];
  const { store, canvases, painter } = services;
  const output = new InkOutput(store.getState().size, () => painter.schedule());
  const ink = render(<App services={services} themes={themes} />, {
    stdout: output as unknown as NodeJS.WriteStream,
    debug: true,
    patchConsole: false,
    exitOnCtrlC: false,
    interactive: true,
  });
  return {
    lines() {
      const { columns, rows } = store.getState().size;
      const blank = ' '.repeat(columns);
      canvases.begin();
      const lines = Array.from({ length: rows }, (_, row) =>
        canvases.resolve(output.frame[row] ?? blank, columns),
      );
      return themes.get().unicode ? lines : lines.map(toAscii);
    },
    resize: (size) => output.resize(size),
    unmount: () => ink.unmount(),
    failed: ink.waitUntilExit(),
  };
}

/** In the bundle, it is compiled while other things start: see bundle.mjs. */
const layoutEngine = Symbol.for('tctl.layout-engine');
