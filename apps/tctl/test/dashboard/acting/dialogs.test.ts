import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { DemoSource } from '../../../src/dashboard/demo/demo-source.ts';
import { Screen, type ScreenOptions } from '../support/screen.ts';

const sizes = [
  [60, 15],
  [80, 24],
  [120, 40],
] as const;

/** On a container that runs: postgres. */
async function open(options: ScreenOptions = {}, name = 'postgres'): Promise<Screen> {
  const screen = await Screen.open(options);
  await screen.send(`f\x1b[200~${name}\x1b[201~\r`);
  return screen;
}

function containerOf(screen: Screen, name: string) {
  const found = (screen.source as DemoSource).world.containers.find((container) => container.name === name);
  return found;
}

/** What has been done is in the list with the next frame. */
async function next(screen: Screen): Promise<void> {
  const { world } = screen.source as DemoSource;
  screen.store.take(world.update(world.frame()));
  await screen.settle();
}

/** What the line of messages says. */
const said = (screen: Screen) => screen.lines().at(-2)?.trim();

function expectWhole(screen: Screen, columns: number, rows: number): void {
  const lines = screen.lines();
  expect(lines.length).toBe(rows);
  for (const [row, line] of lines.entries())
    expect(`row ${row}: ${stringWidth(line)}`).toBe(`row ${row}: ${columns}`);
}

describe.each(sizes)('at %ix%i', (columns, rows) => {
  it('every dialog fits, whichever field one is in and whatever is wrong', async () => {
    await using screen = await open({ columns, rows });
    for (const keys of [
      'x',
      'kkk',
      '\x1b',
      'S',
      '\x1b[C',
      '\x1b',
      'R',
      'n',
      'D',
      '\x1b',
      'e',
      '\x1b[B\x1b[Bx',
      '\r',
      '\x1b',
      'E',
      ' \r',
      '\x1b',
      'o',
      '\x1b[C',
      '\x1b',
      'c',
      '\r',
      ...Array(10).fill("\x1b[B'"),
      '\x1b',
      '!',
      'x',
    ]) {
      await screen.send(keys);
      expectWhole(screen, columns, rows);
    }
  });

  it('the dialog for a new container is as it was drawn', async () => {
    await using screen = await open({ columns, rows });
    await screen.send("c\x1b[Bsh -c 'echo up; sleep 60'\x1b[Bweb\x1b[B64m\x1b[B20\x1b[B0.5x");
    await expect(`${screen.text()}\n`).toMatchFileSnapshot(`../golden/spawn-${columns}x${rows}.txt`);
  });
});

describe('a signal', () => {
  it('is not sent by Enter at once', async () => {
    await using screen = await open();
    await screen.send('x\r');
    expect(said(screen)).toBe('Nothing was sent');
    expect(containerOf(screen, 'postgres')?.state).toBe('running');
  });

  it('is sent when it was chosen, and who gets it was said', async () => {
    await using screen = await open();
    await screen.send('x');
    expect(screen.text()).toContain('To postgres.');
    await screen.send('k\r');
    expect(said(screen)).toBe('Sent SIGKILL to postgres');
    expect(containerOf(screen, 'postgres')?.state).toBe('exited');
  });

  it('is chosen and sent by keys that come all at once', async () => {
    await using screen = await open();
    await screen.send('xk\r');
    expect(containerOf(screen, 'postgres')?.state).toBe('exited');
  });
});

describe('what can’t be taken back', () => {
  it.each(['S', 'R', 'D'])('is asked about, and not done by Enter at once: %s', async (key) => {
    await using screen = await open();
    await screen.send(`${key}\r`);
    expect(screen.state.dialog).toBeUndefined();
    expect(containerOf(screen, 'postgres')).toMatchObject({ state: 'running', ending: undefined });
  });

  it('is done with y, or with its button', async () => {
    await using screen = await open();
    await screen.send('Sy');
    expect(said(screen)).toBe('Stopped postgres');
    await next(screen);
    await screen.send('D');
    expect(screen.text()).toMatch(/Remove postgres\?.*\$ tctl rm postgres/s);
    await screen.send('\t\r');
    expect(containerOf(screen, 'postgres')).toBeUndefined();
  });

  it('says that what runs is killed', async () => {
    await using screen = await open();
    await screen.send('D');
    expect(screen.text()).toMatch(/It runs, and is killed first\..*tctl rm -f postgres.*Kill and remove/s);
  });
});

describe('an act on the marked ones', () => {
  it('is done to all, and what fails is told with its hint', async () => {
    await using screen = await open({}, 'judge-904');
    await screen.send('/judge-904\r*');
    const marked = screen.state.tagged.size;
    expect(marked).toBeGreaterThan(2);
    await screen.send('Sy');
    expect(screen.text()).toMatch(/Stopped \d of \d containers, 1 failed/);
    expect(screen.text()).toMatch(
      /│ stop: judge-90411 is not running *│\n.*│ Start it first\. *│\n.*│ CONTAINER_NOT_RUNNING/,
    );
    await screen.send('x');
    expect(screen.state.dialog).toBeUndefined();
  });

  it('is refused where it is for one alone', async () => {
    await using screen = await open();
    await screen.send('**  !');
    expect(said(screen)).toMatch(/^This can be done with one at a time/);
  });
});

describe('limits', () => {
  it('are changed, the others left, and none by leaving', async () => {
    await using screen = await open();
    const container = containerOf(screen, 'postgres');
    const { memoryLimitBytes: memory, pidsLimit: pids } = container ?? {};
    await screen.send('e\x1589m\x1b');
    expect(container?.memoryLimitBytes).toBe(memory);
    await screen.send('e\x153g');
    expect(screen.text()).toContain('$ tctl update --memory 3g postgres');
    await screen.send('\r');
    expect(said(screen)).toBe('Changed limits of postgres');
    expect(container).toMatchObject({ memoryLimitBytes: 3 * 2 ** 30, pidsLimit: pids });
    await screen.send('e\x15max\r');
    expect(container?.memoryLimitBytes).toBeUndefined();
  });

  it('of a container that does not run are those that it was made with', async () => {
    await using screen = await open();
    await screen.send('Sy');
    expect(containerOf(screen, 'postgres')?.state).toBe('exited');
    await next(screen);
    await screen.send('e');
    expect(screen.text()).toMatch(/Memory +2g .*Pids +200 .*CPUs +2 /s);
  });

  it('below what is in use come with a warning', async () => {
    await using screen = await open();
    await screen.send('e\x151m');
    expect(screen.text()).toMatch(/is in use: cgroup v1 will refuse this/);
  });
});

describe('a new container', () => {
  it('is made of what the fields say', async () => {
    await using screen = await open();
    await screen.send('c\x1b[Bsleep 60\x1b[Bnewcomer\x1b[B64m\x1b[B7\r');
    expect(said(screen)).toBe('Started newcomer');
    expect(containerOf(screen, 'newcomer')).toMatchObject({
      memoryLimitBytes: 2 ** 26,
      pidsLimit: 7,
      state: 'running',
    });
  });

  it('is not made while a field is wrong, and one is taken there', async () => {
    await using screen = await open();
    await screen.send('c\x1b[Bsleep 60\x1b[Bpostgres\x1b[B64m\r');
    expect(screen.text()).toContain('a container is called postgres already');
    expect(screen.state.dialog?.name).toBe('spawn');
  });

  it('can be copied as a command while one types', async () => {
    await using screen = await open();
    await screen.send("c\x1b[Bsh -c 'a b'\x1b[Bx1\x19");
    expect(screen.asked).toContain("copy tctl run -d --name x1 host sh -c 'a b'");
  });
});

describe('names, ids and commands', () => {
  it('are changed and copied', async () => {
    await using screen = await open();
    const { id = '' } = containerOf(screen, 'postgres') ?? {};
    await screen.send('E\x15pg\r');
    expect(containerOf(screen, 'pg')?.id).toBe(id);
    await screen.send('yY');
    expect(screen.asked).toContain(`copy ${id}`);
    expect(screen.asked.at(-1)).toMatch(/^copy tctl run -d --name pg /);
  });

  it('of another are refused as a new name', async () => {
    await using screen = await open();
    await screen.send('E\x15redis\r');
    expect(screen.text()).toContain('a container is called redis already');
  });
});

describe('a shell', () => {
  it('that can’t be opened says why, and what to do', async () => {
    await using screen = await open();
    await screen.send('!');
    expect(screen.asked).toContain('lend');
    expect(screen.text()).toMatch(/Open a shell in postgres: failed.*is made up, and has no shell.*DEMO/s);
  });

  it('is not tried in what does not run', async () => {
    await using screen = await open();
    await screen.send('Sy');
    await next(screen);
    await screen.send('!');
    expect(said(screen)).toMatch(/^postgres does not run {2}Start it first\./);
    expect(screen.asked).not.toContain('lend');
  });
});

describe('with --read-only', () => {
  it('nothing is done by any key, and none of them is shown', async () => {
    await using screen = await open({ isReadOnly: true });
    const before = JSON.stringify((screen.source as DemoSource).world.containers.map((each) => each.facts()));
    for (const key of ['c', 'x', 'S', 's', 'p', 'R', 'D', 'e', 'E', '!', 'i']) {
      await screen.send(key);
      expect(`${key}: ${said(screen)}`).toMatch(/^.: Nothing can be changed here/);
      expect(screen.state.dialog).toBeUndefined();
    }
    await screen.send('\x1b');
    expect(screen.lines().at(-1)).not.toMatch(/New|Signal|Shell|Limits/);
    await screen.send('?');
    expect(screen.text()).not.toContain('Send a signal');
    expect(JSON.stringify((screen.source as DemoSource).world.containers.map((each) => each.facts()))).toBe(
      before,
    );
    expect(screen.asked).toEqual([]);
  });
});
