import { useEffect } from 'react';
import type { Detail, State } from '../model/state.ts';
import { Canvas } from './Canvas.tsx';
import { useSelected, useServices, useTheme } from './context.ts';
import { graphsLines } from './detail/graphs-lines.ts';
import { logLines } from './detail/log-lines.ts';
import { processLines } from './detail/process-lines.ts';
import { sectionLines } from './detail/section-lines.ts';
import { detailTitle } from './detail/title-lines.ts';
import { useLog } from './detail/use-log.ts';
import { usePolled } from './detail/use-polled.ts';
import { footerLines } from './MainView.tsx';

/** All about one container or cgroup. */
export function DetailView() {
  const state = useSelected((all) => all);
  const { detail, size } = state;
  const theme = useTheme();
  const services = useServices();
  const { controller } = services;
  const height = size.rows - 4;
  const path = detail?.path;
  useEffect(() => {
    if (path === undefined) return undefined;
    controller.source.watch?.([path]);
    return () => controller.source.watch?.([]);
  }, [path, controller]);
  const body = useBody(detail, state, height);
  if (detail === undefined) return null;
  const draw = () => [
    ...detailTitle(detail, state, theme, controller.source.label),
    ...body(),
    ...footerLines(state, services, theme),
  ];
  return <Canvas height={size.rows} draw={draw} />;
}

/** What is asked for is asked at once, and what is drawn of it is drawn later. */
function useBody(detail: Detail | undefined, state: State, height: number): () => readonly string[] {
  const theme = useTheme();
  const { store, controller } = useServices();
  const { details } = controller.source;
  const { tab, update, size, scroll } = state;
  const key = detail?.row.key ?? '';
  const tick = update?.frame;
  const figures = detail?.row.sample?.figures;
  const processes = usePolled(key, tick, tab === 'processes', () => details.processes(key));
  const limits = usePolled(key, tick, tab === 'limits', () => details.configuration(key, figures));
  const mounts = usePolled(key, '', tab === 'mounts', () => details.mounts(key));
  useLog(key, tab === 'logs');
  const { columns } = size;
  return () => {
    if (detail === undefined) return [];
    switch (tab) {
      case 'graphs':
        return graphsLines(detail, state, store, theme, height);
      case 'processes': {
        const { heading, lines } = processLines(processes, columns, theme);
        return [heading, ...page(lines, scroll, columns, height - 1)];
      }
      case 'limits':
        return page(sectionLines(limits, columns, theme), scroll, columns, height);
      case 'mounts':
        return page(sectionLines(mounts, columns, theme), scroll, columns, height);
      case 'logs': {
        const view = { scroll, isWrapped: state.isLogWrapped, search: state.logSearch };
        return logLines(store.log.lines, view, columns, height, theme);
      }
    }
  };
}

/** From a line on, but never past the end. */
function page(lines: readonly string[], scroll: number, width: number, height: number): readonly string[] {
  const top = Math.max(0, Math.min(scroll, lines.length - height));
  const shown = lines.slice(top, top + height);
  return [...shown, ...Array.from({ length: height - shown.length }, () => ' '.repeat(width))];
}
