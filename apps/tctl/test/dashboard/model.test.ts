import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CommandName } from '../../src/dashboard/keys/key-map.ts';
import { layoutMain } from '../../src/dashboard/model/layout.ts';
import { type Action, reduce } from '../../src/dashboard/model/reduce.ts';
import { initialState, type State, targets } from '../../src/dashboard/model/state.ts';
import type { Update } from '../../src/dashboard/source/source.ts';
import { type MadeUp, sampleOf, updateOf } from './support/rows.ts';

const size = { columns: 120, rows: 20 };

function stateOf(update: Update, changes: Partial<State> = {}): State {
  return reduce(initialState(size, changes), { kind: 'update', update });
}

const run = (state: State, ...commands: CommandName[]): State =>
  commands.reduce((before, command) => reduce(before, { kind: 'command', command }), state);
const names = ({ items }: State) => items.map(({ row, branch }) => branch + row.name);

const three: readonly MadeUp[] = [
  {
    id: 'a1',
    name: 'web',
    cpu: 0.2,
    group: 'shop',
    figures: { memoryBytes: 300, memoryLimitBytes: 1000, pids: 3, pidsLimit: 'max' },
  },
  {
    id: 'b2',
    name: 'db',
    cpu: 0.9,
    group: 'shop',
    image: 'postgres:17',
    figures: { memoryBytes: 100, memoryLimitBytes: 'max' },
  },
  { id: 'c3', name: 'job-10', state: 'exited', command: ['make', 'all'] },
  { id: 'd4', name: 'job-9', state: 'created' },
];

describe('rows', () => {
  it('join what a container is and what its cgroup does; without a limit there is none', () => {
    const [web, db, job] = stateOf(updateOf(three)).rows;
    expect(web).toMatchObject({
      key: 'a1',
      state: 'running',
      cpu: 0.2,
      memoryLimitBytes: 1000,
      pidsLimit: undefined,
    });
    expect(web?.uptimeMs).toBe(60_000);
    expect(db).toMatchObject({ name: 'db', memoryLimitBytes: undefined, pids: undefined });
    expect(job).toMatchObject({ state: 'exited', sample: undefined, cpu: undefined, uptimeMs: undefined });
  });

  it('are of own containers, or of every cgroup', () => {
    const state = stateOf(updateOf(three, [sampleOf('/system.slice/cron.service', {}, 0.01, 'systemd')]));
    expect(state.rows.length).toBe(4);
    const all = run(state, 'scope');
    expect(all.rows.length).toBe(5);
    expect(all.rows.at(-1)).toMatchObject({ key: '/system.slice/cron.service', state: 'cgroup' });
  });

  it('show a container of tctl that is of somebody else among all cgroups only', () => {
    const state = stateOf(updateOf([], [sampleOf('/tctl-ffff', {}, 0.5)]));
    expect(state.rows).toEqual([]);
    expect(run(state, 'scope').rows).toMatchObject([{ key: '/tctl-ffff', state: 'running' }]);
  });

  it('keep the two parts of a throttled share apart from nothing', () => {
    const sample = { ...sampleOf('/tctl-a', {}), rates: { cpuPeriods: 10, cpuThrottledPeriods: 4 } as never };
    expect(stateOf(updateOf([], [sample]), { scope: 'all' }).rows[0]?.throttled).toBe(0.4);
  });
});

describe('the order', () => {
  it('is by CPU at first, the highest first, and what has none last', () => {
    expect(names(stateOf(updateOf(three)))).toEqual(['db', 'web', 'job-9', 'job-10']);
  });

  it('can be turned round: what has none stays last', () => {
    expect(names(run(stateOf(updateOf(three)), 'sortReverse'))).toEqual(['web', 'db', 'job-9', 'job-10']);
  });

  it('of names counts numbers as people do', () => {
    expect(names(run(stateOf(updateOf(three)), 'sortName'))).toEqual(['db', 'job-9', 'job-10', 'web']);
  });

  it('goes through the columns that are in sight, and back', () => {
    const state = stateOf(updateOf(three));
    const next = run(state, 'sortNext');
    expect(next.sort.column).toBe('memory');
    expect(run(next, 'sortPrevious').sort).toEqual(state.sort);
  });
});

describe('the filter', () => {
  const filtered = (text: string) => names(stateOf(updateOf(three), { filter: text }));

  it.each([
    ['web', ['web']],
    ['WEB', ['web']],
    ['postgres', ['db']],
    ['make', ['job-10']],
    ['job !make', ['job-9']],
    ['shop db', ['db']],
    ['exited', ['job-10']],
    ['  ', ['db', 'web', 'job-9', 'job-10']],
    ['nothing', []],
  ])('%j leaves %j', (text, left) => {
    expect(filtered(text)).toEqual(left);
  });

  it('narrows while it is typed; Escape brings back what was there, Enter keeps it', () => {
    let state = run(stateOf(updateOf(three), { filter: 'job' }), 'filter');
    state = reduce(state, { kind: 'text', text: 'we' });
    expect(names(state)).toEqual(['web']);
    expect(names(reduce(state, { kind: 'endText', keep: false }))).toEqual(['job-9', 'job-10']);
    const kept = reduce(state, { kind: 'endText', keep: true });
    expect(kept).toMatchObject({ filter: 'we', editing: undefined });
  });
});

describe('a search', () => {
  it('goes to what it finds, on and back and round the end', () => {
    let state = run(stateOf(updateOf(three)), 'search');
    state = reduce(state, { kind: 'text', text: 'job' });
    expect(state.selectedKey).toBe('d4');
    state = reduce(state, { kind: 'endText', keep: true });
    expect(run(state, 'searchNext').selectedKey).toBe('c3');
    expect(run(state, 'searchNext', 'searchNext').selectedKey).toBe('d4');
    expect(run(state, 'searchPrevious').selectedKey).toBe('c3');
  });

  it('without a match stays where it is', () => {
    const state = reduce(run(stateOf(updateOf(three)), 'search'), { kind: 'text', text: 'zzz' });
    expect(state.selectedKey).toBe('b2');
  });
});

describe('the selection', () => {
  const swapped = three.map((each) => (each.id === 'a1' ? { ...each, cpu: 2 } : each));

  it('stays with its container when the order changes', () => {
    const state = stateOf(updateOf(three));
    expect(state.selectedKey).toBe('b2');
    const next = reduce(state, { kind: 'update', update: updateOf(swapped) });
    expect(next).toMatchObject({ selectedKey: 'b2', selectedIndex: 1 });
  });

  it('stays in its place where it does not follow', () => {
    const state = run(stateOf(updateOf(three)), 'follow');
    expect(reduce(state, { kind: 'update', update: updateOf(swapped) })).toMatchObject({
      selectedKey: 'a1',
      selectedIndex: 0,
    });
  });

  it('goes to the next one when its container vanishes, and to the last at the end', () => {
    const state = run(stateOf(updateOf(three)), 'last');
    expect(state.selectedKey).toBe('c3');
    const next = reduce(state, { kind: 'update', update: updateOf(three.filter(({ id }) => id !== 'c3')) });
    expect(next.selectedKey).toBe('d4');
  });

  it('of nothing is nothing', () => {
    const state = run(stateOf(updateOf([])), 'down', 'pageDown', 'last', 'open', 'tag', 'fold', 'searchNext');
    expect(state).toMatchObject({ selectedKey: undefined, view: 'main', top: 0 });
    expect(targets(state)).toEqual([]);
  });
});

describe('marks', () => {
  it('make an action one on many; Escape for what is gone is not needed', () => {
    let state = run(stateOf(updateOf(three)), 'tag', 'tag');
    expect(targets(state).map(({ name }) => name)).toEqual(['web', 'db']);
    state = reduce(state, { kind: 'update', update: updateOf(three.slice(1)) });
    expect(targets(state).map(({ name }) => name)).toEqual(['db']);
    expect(targets(run(state, 'untagAll')).length).toBe(1);
  });

  it('of all are of all that are shown', () => {
    const state = run(stateOf(updateOf(three), { filter: 'job' }), 'tagAll');
    expect([...state.tagged].toSorted()).toEqual(['c3', 'd4']);
  });
});

describe('the tree', () => {
  it('puts a group under a heading that sums it up', () => {
    const state = stateOf(updateOf(three), { tree: true });
    expect(names(state)).toEqual(['shop', '├ db', '└ web', 'job-9', 'job-10']);
    expect(state.items[0]?.row.cpu).toBeCloseTo(1.1);
    expect(state.items[0]).toMatchObject({ children: 2, row: { memoryBytes: 400, state: 'group' } });
  });

  it('folds, and an action on the heading is one on all in it', () => {
    const state = run(stateOf(updateOf(three), { tree: true }), 'fold');
    expect(names(state)).toEqual(['shop', 'job-9', 'job-10']);
    expect(targets(state).map(({ name }) => name)).toEqual(['web', 'db']);
    expect(names(run(state, 'open'))).toContain('└ web');
  });

  it('of every cgroup follows their paths, over gaps', () => {
    const others = ['/system.slice', '/system.slice/a.service', '/system.slice/x/y/b.service'].map((path) =>
      sampleOf(path, {}, undefined, 'systemd'),
    );
    const state = stateOf(updateOf([], others), { tree: true, scope: 'all' });
    expect(names(state)).toEqual(['system.slice', '├ a.service', '└ b.service']);
  });
});

describe('thousands of rows', () => {
  const many = Array.from({ length: 3000 }, (_, index) => ({
    id: `c${index}`,
    cpu: (index * 37) % 101,
    group: `g${index % 7}`,
  }));
  const commands = [
    'up',
    'down',
    'pageUp',
    'pageDown',
    'halfUp',
    'halfDown',
    'first',
    'last',
    'tree',
    'fold',
    'sortNext',
    'sortReverse',
    'tag',
    'scope',
    'follow',
  ] as const;

  it('leave the selection in the list and in sight, whatever is pressed', () => {
    const begin = stateOf(updateOf(many));
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 25 }), (pressed) => {
        const state = run(begin, ...pressed);
        const { bodyRows } = layoutMain(state.size);
        expect(state.items[state.selectedIndex]?.row.key).toBe(state.selectedKey);
        expect(state.selectedIndex).toBeGreaterThanOrEqual(state.top);
        expect(state.selectedIndex).toBeLessThan(state.top + bodyRows);
        expect(state.top).toBeLessThanOrEqual(Math.max(0, state.items.length - bodyRows));
      }),
      { numRuns: 15 },
    );
  });

  it('the wheel scrolls, and takes the selection along only where it has to', () => {
    const state = run(stateOf(updateOf(many)), ...Array.from({ length: 5 }, () => 'down' as const));
    const scrolled = reduce(state, { kind: 'scroll', by: 3 });
    expect(scrolled).toMatchObject({ top: 3, selectedIndex: 5 });
    expect(reduce(scrolled, { kind: 'scroll', by: 30 })).toMatchObject({ top: 33, selectedIndex: 33 });
  });

  it('a smaller window keeps the selection in sight', () => {
    const state = run(stateOf(updateOf(many)), 'pageDown');
    const small = reduce(state, { kind: 'resize', size: { columns: 60, rows: 15 } });
    expect(small.selectedKey).toBe(state.selectedKey);
    expect(small.selectedIndex - small.top).toBeLessThan(layoutMain(small.size).bodyRows);
  });
});

describe('all about one', () => {
  const open = run(stateOf(updateOf(three)), 'open');

  it('is about the selected one, whatever the list does meanwhile', () => {
    expect(open).toMatchObject({
      view: 'detail',
      tab: 'graphs',
      detail: { row: { key: 'b2' }, path: '/tctl-b2' },
    });
    const gone = reduce(open, { kind: 'update', update: updateOf(three.filter(({ id }) => id !== 'b2')) });
    expect(gone.detail).toMatchObject({ row: { key: 'b2', cpu: 0.9 }, isGone: true, path: '/tctl-b2' });
    expect(targets(gone).map(({ key }) => key)).toEqual(['b2']);
  });

  it('keeps the path of a container that has ended, for its graphs', () => {
    const ended = three.map((each) => (each.id === 'b2' ? { ...each, state: 'exited' as const } : each));
    expect(reduce(open, { kind: 'update', update: updateOf(ended) }).detail).toMatchObject({
      row: { state: 'exited' },
      isGone: false,
      path: '/tctl-b2',
    });
  });

  it('has pages, zooms and a cursor that Escape takes away before it goes back', () => {
    expect(run(open, 'previousTab').tab).toBe('logs');
    expect(run(open, 'tab2', 'nextTab').tab).toBe('limits');
    expect(run(open, 'zoomOut', 'zoomOut').zoom).toBe(open.zoom + 2);
    const read = run(open, 'cursorLeft', 'cursorLeft', 'cursorRight');
    expect(read.cursor).toBe(0);
    expect(run(read, 'back')).toMatchObject({ view: 'detail', cursor: undefined });
    expect(run(read, 'back', 'back')).toMatchObject({ view: 'main', detail: undefined });
  });

  it('keeps the place in a log that grows, and follows at its end', () => {
    const log = run(open, 'tab5');
    const grew = { kind: 'logGrew', lines: 7 } satisfies Action;
    expect(reduce(log, grew).scroll).toBe(0);
    const up = run(log, 'up', 'up');
    expect(up).toMatchObject({ scroll: 2, isLogFollowing: false });
    expect(reduce(up, grew).scroll).toBe(9);
    expect(run(up, 'last')).toMatchObject({ scroll: 0, isLogFollowing: true });
  });
});
