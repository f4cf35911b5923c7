import { describe, expect, it, vi } from 'vitest';
import type { DemoSource } from '../../../src/dashboard/demo/demo-source.ts';
import { Screen } from '../support/screen.ts';

// What waits is waited for as long as a busy machine needs.
vi.setConfig({ testTimeout: 60_000 });

/** A press of the left button on the first cell of a text, as a terminal tells it. */
async function click(screen: Screen, text: string): Promise<void> {
  const lines = screen.lines();
  const row = lines.findIndex((line) => line.includes(text));
  if (row === -1) throw new Error(`${text} is not to be seen:\n${screen.text()}`);
  const column = lines[row]?.indexOf(text) ?? 0;
  await screen.send(`\x1b[<0;${column + 1};${row + 1}M`);
}

const stateOf = ({ source }: Screen, name: string) =>
  (source as DemoSource).world.containers.find((each) => each.name === name)?.state;

async function onPostgres(size: { columns?: number; rows?: number } = {}): Promise<Screen> {
  const screen = await Screen.open(size);
  await screen.send('f\x1b[200~postgres\x1b[201~\r');
  return screen;
}

describe.each([
  [60, 15],
  [80, 24],
  [121, 41],
])('the mouse, at %ix%i', (columns, rows) => {
  it('presses the buttons of a question', async () => {
    await using screen = await onPostgres({ columns, rows });
    await screen.send('S');
    await click(screen, 'Cancel ');
    expect(screen.state.dialog).toBeUndefined();
    expect(stateOf(screen, 'postgres')).toBe('running');
    await screen.send('S');
    await click(screen, 'Stop  ');
    await vi.waitFor(() => expect(stateOf(screen, 'postgres')).toBe('exited'));
  });

  it('chooses a signal, and sends it with one more click', async () => {
    await using screen = await onPostgres({ columns, rows });
    await screen.send('x');
    await click(screen, '9  KILL');
    expect(stateOf(screen, 'postgres')).toBe('running');
    expect(screen.text()).toContain('Enter sends it');
    await click(screen, '9  KILL');
    expect(screen.state.dialog).toBeUndefined();
    await vi.waitFor(() => expect(stateOf(screen, 'postgres')).toBe('exited'));
  });

  it('goes to a field of a dialog, and to its next choice', async () => {
    await using screen = await Screen.open({ columns, rows });
    await screen.send('o');
    await click(screen, 'Graphs');
    expect(screen.text()).toContain('← braille →');
    await click(screen, 'Graphs');
    expect(screen.text()).toContain('← blocks →');
    await screen.send('\x1b');
    await screen.send('c');
    await click(screen, 'Command');
    await screen.send('true');
    expect(screen.text()).toMatch(/Command +true/);
  });

  it('shows and hides a column', async () => {
    await using screen = await Screen.open({ columns, rows });
    await screen.send('C');
    await click(screen, 'STATE');
    expect(screen.state.columns).not.toContain('state');
    await click(screen, 'STATE');
    expect(screen.state.columns).toContain('state');
  });

  it('turns the pages of one container, and goes back', async () => {
    await using screen = await onPostgres({ columns, rows });
    await screen.send('\r');
    for (const [title, tab] of [
      ['2 Processes', 'processes'],
      ['4 Mounts', 'mounts'],
      ['1 Graphs', 'graphs'],
    ] as const) {
      await click(screen, title);
      expect(screen.state.tab).toBe(tab);
    }
    await click(screen, '‹');
    expect(screen.state.view).toBe('main');
  });

  it('does nothing to what lies below a dialog, or beside it', async () => {
    await using screen = await onPostgres({ columns, rows });
    const { selectedKey, sort } = screen.state;
    await screen.send('S');
    for (const [column, row] of [
      [5, 5],
      [2, rows],
      [Math.floor(columns / 2), 2],
    ])
      await screen.send(`\x1b[<0;${column};${row}M`);
    expect(screen.state).toMatchObject({ selectedKey, sort, dialog: { name: 'stop' } });
  });
});
