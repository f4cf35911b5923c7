import type { HostFigures } from '@tc/monitor';
import { blockCell, levelOf } from '../graph/braille.ts';
import { meter } from '../graph/meter.ts';
import { paintCells, penOfShare } from '../graph/shades.ts';
import { sparkline, valuesPerCell } from '../graph/sparkline.ts';
import { layoutMain } from '../model/layout.ts';
import type { State } from '../model/state.ts';
import type { HostHistory } from '../store/host-history.ts';
import type { Ring } from '../store/ring.ts';
import { fit } from '../text/fit.ts';
import { joinFitting, spread, styledWidth } from '../text/line.ts';
import { bytes, duration, percent } from '../text/sizes.ts';
import type { Pen, Theme } from '../theme/theme.ts';
import { graphStyleOf } from './graph-style.ts';

/** The title bar, and the meters of the host below it: what there is room for. */
export function headerLines(
  state: State,
  theme: Theme,
  history: HostHistory,
  label: string,
): readonly string[] {
  const { headerRows } = layoutMain(state.size);
  const host = state.update?.frame.host;
  const lines = [titleLine(state, theme, label)];
  if (host === undefined) lines.push(fit('  waiting for the first figures …', state.size.columns));
  else lines.push(...meterLines(host, state, theme, history));
  while (lines.length < headerRows) lines.push(' '.repeat(state.size.columns));
  return lines.slice(0, headerRows);
}

function titleLine(state: State, theme: Theme, label: string): string {
  const { pens } = theme;
  const { columns } = state.size;
  const name = ` ${pens.bold('tctl')} ${label === '' ? '' : `${pens.warn(label)} `}`;
  const time = state.update?.frame.time.toTimeString().slice(0, 8) ?? '';
  const right = `${state.isFrozen ? `${pens.warn('frozen')}  ` : ''}${time} `;
  const counts = joinFitting(
    countsOf(state, theme),
    '  ',
    columns - styledWidth(name) - styledWidth(right) - 2,
  );
  return pens.bar(spread(name + counts, right, columns));
}

function countsOf({ update, scope, rows }: State, { pens, unicode }: Theme): string[] {
  const containers = update?.containers ?? [];
  const count = (state: string) => containers.filter((each) => each.state === state).length;
  const [running, paused, ended] = [count('running'), count('paused'), count('exited')];
  const dot = (pen: Pen, mark: string, text: string) =>
    `${pen(unicode ? mark : '')}${unicode ? ' ' : ''}${text}`;
  return [
    `${containers.length} container${containers.length === 1 ? '' : 's'}`,
    dot(pens.ok, '●', `${running} running`),
    ...(paused > 0 ? [dot(pens.warn, '‖', `${paused} paused`)] : []),
    ...(ended > 0 ? [dot(pens.dim, '×', `${ended} exited`)] : []),
    ...(scope === 'all' ? [pens.accent(`all ${rows.length} cgroups`)] : []),
  ];
}

function meterLines(host: HostFigures, state: State, theme: Theme, history: HostHistory): string[] {
  const { pens } = theme;
  const { columns } = state.size;
  const half = Math.floor((columns - 4) / 2);
  const left = [
    meterLine('CPU', host.cpuShare, `${percent(host.cpuShare)}%`, history.cpu, pens.cpu, half, theme),
    meterLine(
      'Mem',
      host.memoryBytes / host.memoryTotalBytes,
      `${bytes(host.memoryBytes)}/${bytes(host.memoryTotalBytes)}`,
      history.memory,
      pens.memory,
      half,
      theme,
    ),
  ];
  const cells = columns - half - 4;
  const right = [
    joinFitting([cpusPart(host, theme, cells), loadPart(host, theme)], '  ', cells),
    joinFitting([pressurePart(host, theme), swapPart(host, theme), upPart(host, theme)], '  ', cells),
  ];
  return left.map((line, index) => spread(` ${line}  ${right[index] ?? ''}`, ' ', columns));
}

/** `CPU ███▍░░░░ 34.2% ⣀⣠⣤`: half of the line, with a graph where there is room for one. */
function meterLine(
  name: string,
  share: number | undefined,
  text: string,
  ring: Ring,
  own: Pen,
  width: number,
  theme: Theme,
): string {
  const { pens } = theme;
  const style = graphStyleOf(theme);
  const graph = width >= 44 ? Math.floor(width * 0.3) : 0;
  const bar = width - 4 - 12 - (graph > 0 ? graph + 1 : 0);
  const values = ring.last(graph * valuesPerCell(style));
  const drawn = paintCells(sparkline(values, graph, 1, style), (value) => penOfShare(value, own, pens));
  return `${pens.dim(name)} ${meter(share, bar, theme)} ${fit(text, 11, 'right')}${graph > 0 ? ` ${drawn}` : ''}`;
}

/** One bar for each CPU, as far as there is room. */
function cpusPart({ cpus, cpuShares }: HostFigures, theme: Theme, width: number): string {
  const { pens } = theme;
  const title = `${cpus} CPU${cpus === 1 ? '' : 's'}`;
  const room = Math.max(0, Math.min(cpuShares.length, width - title.length - 24, 32));
  if (room === 0 || !theme.unicode) return pens.dim(title);
  const shown = cpuShares.slice(0, room).map((value) => ({ text: blockCell(levelOf(value, 1, 8)), value }));
  return `${pens.dim(title)} ${paintCells(shown, (value) => penOfShare(value, pens.cpu, pens))}`;
}

function loadPart({ load, cpus }: HostFigures, { pens }: Theme): string {
  const pen = penOfShare(load[0] / cpus, pens.text, pens);
  return `${pens.dim('load')} ${pen(load[0].toFixed(2))} ${pens.dim(
    load
      .slice(1)
      .map((value) => value.toFixed(2))
      .join(' '),
  )}`;
}

function pressurePart(host: HostFigures, { pens }: Theme): string {
  const figures = [
    ['cpu', host.cpuPressureSome],
    ['mem', host.memoryPressureSome],
    ['io', host.ioPressureSome],
  ] as const;
  const known = figures.flatMap(([name, value]) => {
    if (value === undefined) return [];
    const pen = value < 0.1 ? pens.text : value < 0.4 ? pens.warn : pens.bad;
    return [`${pens.dim(name)} ${pen(percent(value))}`];
  });
  return known.length === 0 ? '' : `${pens.dim('psi%')} ${known.join(' ')}`;
}

function swapPart({ swapBytes, swapTotalBytes }: HostFigures, { pens }: Theme): string {
  if (swapTotalBytes === 0) return '';
  return `${pens.dim('swap')} ${bytes(swapBytes)}${pens.dim(`/${bytes(swapTotalBytes)}`)}`;
}

function upPart({ uptimeMs }: HostFigures, { pens }: Theme): string {
  return `${pens.dim('up')} ${duration(uptimeMs)}`;
}
