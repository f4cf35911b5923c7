import { paintCells } from '../../graph/shades.ts';
import type { Mark } from '../../source/source.ts';
import { duration } from '../../text/sizes.ts';
import type { Pen, Theme } from '../../theme/theme.ts';
import type { PanelContext } from './panel-lines.ts';

const markTexts: Readonly<Record<Mark['kind'], readonly [unicode: string, ascii: string]>> = {
  oom: ['▲', '!'],
  restart: ['◆', 'R'],
  limits: ['◇', 'L'],
  start: ['◆', 'S'],
  end: ['■', 'E'],
  other: ['•', '*'],
};

/** The line below a graph: how long ago, and what happened when. */
export function timeAxis(
  cells: number,
  indent: number,
  { from, to, detail, marks, theme }: PanelContext,
): string {
  const { pens, unicode } = theme;
  const spanMs = to.getTime() - from.getTime();
  const shown = new Map<number, Mark>();
  for (const mark of marks) {
    const at = Math.floor(((mark.time.getTime() - from.getTime()) / spanMs) * cells);
    if (mark.key === detail.row.key && at >= 0 && at < cells) shown.set(at, mark);
  }
  const line = placeLabels(cells, spanMs, [...shown.keys()]);
  const dash = unicode ? '─' : '-';
  const drawn = line.map((label, at) => {
    const mark = shown.get(at);
    return { text: mark === undefined ? (label ?? dash) : markTexts[mark.kind][unicode ? 0 : 1], value: at };
  });
  const penAt = (at: number) => {
    const mark = shown.get(at);
    return mark === undefined ? pens.faint : penOf(mark.kind, theme);
  };
  return `${' '.repeat(indent - 1)}${pens.faint(unicode ? '└' : '+')}${paintCells(drawn, penAt)} `;
}

function penOf(kind: Mark['kind'], { pens }: Theme): Pen {
  return kind === 'oom' ? pens.bad : kind === 'limits' ? pens.warn : pens.accent;
}

/** How long ago: at the left, in the middle, and `now`. What a mark would stand in is left away. */
function placeLabels(
  cells: number,
  spanMs: number,
  marks: readonly number[],
): readonly (string | undefined)[] {
  const line = new Array<string | undefined>(cells).fill(undefined);
  const middle = ` -${short(spanMs / 2)} `;
  const labels = [
    [cells - 4, ' now'],
    [1, ` -${short(spanMs)} `],
    [Math.floor((cells - middle.length) / 2), middle],
  ] as const;
  let isFirst = true;
  for (const [at, text] of labels) {
    const isHit = marks.some((mark) => mark >= at && mark < at + text.length);
    const isTight = !isFirst && cells < 44;
    isFirst = false;
    if (at < 0 || isHit || isTight) continue;
    for (const [index, character] of [...text].entries()) line[at + index] = character;
  }
  return line;
}

function short(milliseconds: number): string {
  return duration(milliseconds).replace(/(?<=[hm])0+[ms]$/, '');
}
