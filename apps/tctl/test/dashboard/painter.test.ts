import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Canvases, withoutStyles } from '../../src/dashboard/terminal/canvas.ts';
import { changedRows, Painter } from '../../src/dashboard/terminal/painter.ts';

class Terminal {
  readonly written: string[] = [];
  #taken: () => void = () => {};

  readonly write = (bytes: Uint8Array): Promise<void> => {
    this.written.push(Buffer.from(bytes).toString());
    return new Promise((resolve) => {
      this.#taken = resolve;
    });
  };

  async take(): Promise<void> {
    this.#taken();
    await turn();
    await turn();
  }
}

describe('the painter', () => {
  it('writes the rows that differ, and nothing else', () => {
    expect(changedRows(['a', 'b', 'c'], ['a', 'x', 'c'])).toBe('\x1b[2;1H\x1b[0mx');
    expect(changedRows(['a'], ['a'])).toBe('');
    expect(changedRows(['a', 'b'], ['a'])).toBe('\x1b[2;1H\x1b[0m\x1b[K');
  });

  it('clears the screen once, at first, and frames are shown at once', async () => {
    const terminal = new Terminal();
    let lines = ['one', 'two'];
    const painter = new Painter(terminal, () => lines);
    painter.redraw();
    await turn();
    await terminal.take();
    lines = ['one', 'other'];
    painter.schedule();
    await turn();
    expect(terminal.written.length).toBe(2);
    expect(terminal.written[0]).toContain('\x1b[2J');
    expect(terminal.written[1]).toBe('\x1b[?2026h\x1b[2;1H\x1b[0mother\x1b[?2026l');
  });

  it('drops frames while the terminal takes none, and then shows the newest', async () => {
    const terminal = new Terminal();
    let lines = ['0'];
    const painter = new Painter(terminal, () => lines);
    painter.redraw();
    await turn();
    for (let frame = 1; frame <= 50; frame += 1) {
      lines = [String(frame)];
      painter.schedule();
      await turn();
    }
    expect(terminal.written.length).toBe(1);
    await terminal.take();
    expect(terminal.written.slice(1)).toEqual(['\x1b[?2026h\x1b[1;1H\x1b[0m50\x1b[?2026l']);
  });

  it('writes nothing while others have the terminal, and everything after', async () => {
    const terminal = new Terminal();
    const painter = new Painter(terminal, () => ['x']);
    painter.redraw();
    await turn();
    await terminal.take();
    painter.pause();
    painter.redraw();
    await turn();
    expect(terminal.written.length).toBe(1);
    painter.resume();
    await turn();
    expect(terminal.written[1]).toContain('\x1b[2J\x1b[1;1H\x1b[0mx');
  });
});

describe('who takes the terminal from the painter', () => {
  it('waits until what was written is there, or it would land in the middle of that', async () => {
    const terminal = new Terminal();
    const painter = new Painter(terminal, () => ['x']);
    painter.redraw();
    await turn();
    let isOver = false;
    const paused = painter.pause().then(() => {
      isOver = true;
    });
    await turn();
    expect(isOver).toBe(false);
    await terminal.take();
    await paused;
  });

  it('does not wait for one that takes nothing', async () => {
    const painter = new Painter(new Terminal(), () => ['x']);
    painter.redraw();
    await turn();
    const begin = performance.now();
    await painter.pause();
    expect(performance.now() - begin).toBeGreaterThan(400);
  });

  it('may say something between two frames', async () => {
    const terminal = new Terminal();
    const painter = new Painter(terminal, () => ['x']);
    painter.redraw();
    await turn();
    painter.say('\x1b]52;c;eA==\x07');
    await turn();
    expect(terminal.written.length).toBe(1);
    await terminal.take();
    expect(terminal.written[1]).toBe('\x1b[?2026h\x1b[?2026l\x1b]52;c;eA==\x07');
  });
});

describe('a canvas', () => {
  const make = (lines: readonly string[]) => {
    const canvases = new Canvases();
    const id = canvases.claim();
    canvases.set(id, () => lines);
    return { canvases, marks: canvases.marks(id, lines.length).split('\n') };
  };

  it('puts its rows in the place of its marks', () => {
    const { canvases, marks } = make(['first     ', 'second    ']);
    expect(marks.map((mark) => canvases.resolve(mark, 10))).toEqual(['first     ', 'second    ']);
    expect(canvases.resolve('Ink’s own', 12)).toBe('Ink’s own   ');
  });

  it('is seen at both sides of a dialog that lies above it', () => {
    const { canvases, marks } = make(['0123456789']);
    const line = canvases.resolve(`${marks[0]}  \x1b[31m│ab│\x1b[39m`, 10);
    expect(withoutStyles(line)).toBe('012│ab│789');
  });

  it('keeps its width where the dialog cuts a wide character', () => {
    const { canvases, marks } = make(['日本語日本']);
    expect(withoutStyles(canvases.resolve(`${marks[0]}  │x│`, 10))).toBe('日 │x│日本');
  });

  it('goes to who comes next when it is released', () => {
    const { canvases } = make(['x']);
    canvases.release(0);
    expect(canvases.claim()).toBe(0);
  });
});
