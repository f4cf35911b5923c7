import stringWidth from 'string-width';
import { describe, expect, it, vi } from 'vitest';
import type { DemoSource } from '../../src/dashboard/demo/demo-source.ts';
import { themeNames } from '../../src/dashboard/theme/palettes.ts';
import { makeTheme } from '../../src/dashboard/theme/theme.ts';
import { movesCursor, styleCodes } from './support/codes.ts';
import { Screen } from './support/screen.ts';

// What waits is waited for as long as a busy machine needs.
vi.setConfig({ testTimeout: 60_000 });

const sizes = [
  [60, 15],
  [80, 24],
  [120, 40],
  [200, 50],
] as const;

/** Whatever is shown, it fills the screen and nothing more. */
function expectWhole(screen: Screen, columns: number, rows: number): void {
  const lines = screen.lines();
  expect(lines.length).toBe(rows);
  for (const [row, line] of lines.entries())
    expect(`row ${row}: ${stringWidth(line)}`).toBe(`row ${row}: ${columns}`);
}

const demoOf = ({ source }: Screen): DemoSource => source as DemoSource;

describe.each(sizes)('at %ix%i', (columns, rows) => {
  const name = `${columns}x${rows}`;

  it('the list is as it was drawn', async () => {
    await using screen = await Screen.open({ columns, rows });
    expectWhole(screen, columns, rows);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`golden/list-${name}.txt`);
  });

  it('all about one container is as it was drawn', async () => {
    await using screen = await Screen.open({ columns, rows });
    await screen.send('f\x1b[200~judge-90412\x1b[201~\r\r');
    expectWhole(screen, columns, rows);
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`golden/detail-${name}.txt`);
  });

  it('every page and dialog fills the screen, and nothing more', async () => {
    await using screen = await Screen.open({ columns, rows });
    for (const keys of [
      '?',
      '\x1b',
      'C',
      '\x1b',
      't',
      ' ',
      '/shop',
      '\r',
      '\x1b',
      '\x1b',
      '\r',
      '\r',
      '2',
      '3',
      '4',
      '5',
      'w',
      '/timed\r',
      '1',
      '-',
      '-',
      '-',
      '-',
      '+',
      'h',
      'h',
    ]) {
      await screen.send(keys);
      expectWhole(screen, columns, rows);
    }
  });
});

describe('the list', () => {
  it('shows names that are hostile, and lets none of them move the cursor', async () => {
    await using screen = await Screen.open();
    const world = demoOf(screen).world;
    const [first] = world.containers;
    if (first !== undefined) first.name = 'a\x1b[2J\r\n\x07\u202eb日本';
    screen.store.take(world.update(world.step()));
    await screen.send('/b日\r');
    expect(screen.text()).toContain('a\\x1b[2J');
    for (const line of screen.lines()) expect(line).not.toMatch(movesCursor);
    expectWhole(screen, 120, 40);
  });

  it('says what the first figures are waited for, before they come', async () => {
    const source = {
      label: '',
      open() {},
      details: {} as never,
      actions: undefined,
      async [Symbol.asyncDispose]() {},
    };
    await using screen = await Screen.open({ source });
    expect(screen.text()).toMatch(/^ tctl .*\n {2}waiting for the first figures …/);
    expectWhole(screen, 120, 40);
  });

  it('is sorted by the column that one clicks on, and the other way by a second click', async () => {
    await using screen = await Screen.open();
    const column = (screen.lines()[4] ?? '').indexOf('MEM') + 1;
    await screen.send(`\x1b[<0;${column + 1};5M`);
    expect(screen.state.sort).toEqual({ column: 'memory', descending: true });
    await screen.send(`\x1b[<0;${column + 1};5M`);
    expect(screen.state.sort.descending).toBe(false);
  });

  it('selects what one clicks on, and opens it with a second click', async () => {
    await using screen = await Screen.open();
    const row = screen.lines().findIndex((line) => line.includes('redis'));
    await screen.send(`\x1b[<0;10;${row + 1}M`);
    expect(screen.state.items[screen.state.selectedIndex]?.row.name).toBe('redis');
    await screen.send(`\x1b[<0;10;${row + 1}M`);
    expect(screen.state).toMatchObject({ view: 'detail', detail: { row: { name: 'redis' } } });
  });

  it('does what the key in the footer says that one clicks on', async () => {
    await using screen = await Screen.open();
    const column = (screen.lines().at(-1) ?? '').indexOf('Tree') + 1;
    await screen.send(`\x1b[<0;${column};40M`);
    expect(screen.state.tree).toBe(true);
  });

  it('filters while one types, shows where, and says how many it hides', async () => {
    await using screen = await Screen.open();
    await screen.send('/judge');
    expect(screen.lines().at(-2)).toMatch(/^ Filter judge /);
    expect(screen.text()).not.toContain('postgres');
    await screen.send('\r');
    expect(screen.lines().at(-2)).toMatch(/^ 1-5 of 5 {3}filter judge {3}19 hidden/);
    const { pens } = makeTheme('dark', 'truecolor', true);
    expect(screen.styledLines().join('\n')).toContain(pens.match('judge'));
    await screen.send('\x1b');
    expect(screen.text()).toContain('postgres');
  });

  it('hides and shows columns', async () => {
    await using screen = await Screen.open();
    await screen.send('Cjj \x1b');
    expect(screen.lines()[4]).not.toContain('IMAGE');
    await screen.send('Cd\x1b');
    expect(screen.lines()[4]).toContain('IMAGE');
  });

  it('stands still, and goes on', async () => {
    await using screen = await Screen.open();
    const { world } = demoOf(screen);
    await screen.send('z');
    const before = screen.lines().slice(4, -2);
    screen.store.take(world.update(world.step()));
    await screen.settle();
    expect(screen.lines()[0]).toContain('frozen');
    expect(screen.lines().slice(4, -2)).toEqual(before);
    await screen.send('z');
    screen.store.take(world.update(world.step()));
    await screen.settle();
    expect(screen.lines().slice(4, -2)).not.toEqual(before);
  });

  it('of 2,000 makes lines of those in sight alone', async () => {
    await using screen = await Screen.open({ count: 2000 });
    expect(screen.state.items.length).toBe(2000);
    await screen.send('G');
    expect(screen.lines().at(-2)).toMatch(/of 2000/);
    expectWhole(screen, 120, 40);
  });

  it('that is too small to be one says so, and comes back', async () => {
    await using screen = await Screen.open();
    await screen.resize(59, 15);
    expect(screen.text()).toMatch(/needs a little more room:\n60x15, and this is 59x15/);
    expectWhole(screen, 59, 15);
    await screen.resize(3, 2);
    expectWhole(screen, 3, 2);
    await screen.resize(120, 40);
    expect(screen.text()).toContain('postgres');
  });
});

describe('all about one', () => {
  const open = async (keys: string) => {
    const screen = await Screen.open();
    await screen.send(`f\x1b[200~judge-90412\x1b[201~\r\r${keys}`);
    return screen;
  };

  it('marks an OOM kill on the time line, and its cursor tells of it', async () => {
    await using screen = await open('');
    const { world } = demoOf(screen);
    const axis =
      screen
        .lines()
        .map((line) => line.slice(0, 60))
        .find((line) => line.includes('▲')) ?? '';
    expect(axis).toMatch(/^ +└.*▲.*now/);
    const fromRight = axis.slice(8, 59).trimEnd().length - 1 - axis.slice(8, 59).lastIndexOf('▲');
    await screen.send('h'.repeat(fromRight + 1));
    expect(screen.text()).toMatch(/out of memory/);
    expect(world.containers.length).toBe(24);
  });

  it('shows its processes as a tree, its limits, its mounts', async () => {
    await using screen = await open('2');
    expect(screen.text()).toMatch(/PID USER +S THR +CPU% +MEM COMMAND\n +\d+ root .* python solution\.py/);
    await screen.send('3');
    expect(screen.text()).toMatch(/Limits\n {2}memory +64M\n {2}swap +0B\n {2}pids +8\n/);
    await screen.send('4');
    expect(screen.text()).toMatch(/Mounts\n {2}\/ +overlay of python:3\.13/);
  });

  it('follows its log, stands still when one goes up, and finds what one searches for', async () => {
    await using screen = await open('5');
    const last = screen.lines().at(-3);
    expect(last?.trim()).not.toBe('');
    await screen.send('\x1b[A\x1b[A');
    expect(screen.lines()[1]).toContain('not following');
    await screen.send('/timed out\r');
    expect(screen.lines().at(-3)).toContain('timed out');
    const first = screen.state.scroll;
    await screen.send('n');
    expect(screen.state.scroll).toBeGreaterThan(first);
    await screen.send('N');
    expect(screen.state.scroll).toBe(first);
    await screen.send('/no such text\r');
    expect(screen.text()).toContain('no such text is not in what is left of the log');
  });

  it('goes back where it came from', async () => {
    await using screen = await open('\x1b');
    expect(screen.state.view).toBe('main');
    expect(screen.lines()[4]).toContain('NAME');
  });
});

describe('what is drawn', () => {
  it.each(themeNames)('has no colour without colours, in the theme %s', async (name) => {
    await using screen = await Screen.open({ theme: makeTheme(name, 'none', true) });
    await screen.send('j ');
    const codes = styleCodes(screen.styledLines());
    expect(codes.filter((code) => !/^(0|1|2|4|7|22|24|27)$/.test(code))).toEqual([]);
  });

  it('is ASCII where the terminal has nothing else', async () => {
    await using screen = await Screen.open({ theme: makeTheme('dark', '16', false) });
    for (const keys of ['', 't', 't\r', '2', '5', '\x1b', '?', '\x1b', 'C']) {
      await screen.send(keys);
      expect(screen.text()).toMatch(/^[\n -~]*$/);
    }
  });
});
