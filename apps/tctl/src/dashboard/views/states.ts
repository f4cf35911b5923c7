import type { RowState } from '../model/row.ts';
import type { Pen, Theme } from '../theme/theme.ts';

export const stateWords: Readonly<Record<RowState, string>> = {
  running: 'running',
  paused: 'paused',
  created: 'created',
  exited: 'exited',
  cgroup: 'cgroup',
  group: '',
};

type Marks = Readonly<Record<RowState, { readonly mark: string; readonly pen: Pen }>>;
const made = new WeakMap<Theme, Marks>();

/** Told apart by their shapes as well as by their colours. */
export function stateMarks(theme: Theme): Marks {
  const known = made.get(theme);
  if (known !== undefined) return known;
  const { pens, unicode } = theme;
  const marks: Marks = {
    running: { mark: unicode ? '●' : 'R', pen: pens.ok },
    paused: { mark: unicode ? '‖' : 'P', pen: pens.warn },
    created: { mark: unicode ? '○' : 'C', pen: pens.dim },
    exited: { mark: unicode ? '×' : 'X', pen: pens.faint },
    cgroup: { mark: unicode ? '·' : '.', pen: pens.dim },
    group: { mark: ' ', pen: pens.accent },
  };
  made.set(theme, marks);
  return marks;
}
